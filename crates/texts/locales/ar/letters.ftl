# What letters say.

# Why the recipient has it, at the end of each.

reason-typed = كتب شخص ما عنوانك في هذا الموقع. إذا لم تكن أنت، فلا تفعل شيئًا: لن يحدث شيء عندئذ.
reason-account = تصلك هذه الرسالة لأن لديك حسابًا بهذا العنوان.
reason-trial = جرّب أحد القائمين على الموقع ما إذا كانت الرسائل تصل إلى هنا.
reason-invitation = كتب عنوانك شخص يدير هذا الموقع. إذا كنت لا تريد حسابًا فيه فلا تفعل شيئًا.

# Around what several tell. "code" follows a link; "fact" is a line of the text part.

code = أو اكتب هذا الرمز حيث طلبت الرسالة:
fact = { $name }: { $value }

# A link and a code to sign in.

magic-link-lifetime = الرابط والرمز صالحان مرة واحدة، لمدة 15 دقيقة.

# A link and a code to choose a new password.

reset-lead = طلب شخص ما كلمة مرور جديدة لحسابك.
reset-lifetime = الرابط والرمز صالحان مرة واحدة، لمدة 30 دقيقة. وتبقى كلمة مرورك كما هي ما لم تستخدم أحدهما.

# A link and a code to prove an address.

verify-lead = طلب شخص ما التسجيل بهذا العنوان.
verify-lifetime = الرابط والرمز صالحان مرة واحدة، لمدة يوم.

# To somebody who has an account already.

has-account-subject = لديك حساب
has-account-lead = أراد شخص ما استخدام هذا العنوان لحساب. لهذا العنوان حساب بالفعل.
has-account-forgotten = إذا نسيت كلمة المرور، فاختر هناك كلمة جديدة.

# A link and a code, to the new address of an account.

change-subject = تأكيد عنوانك الجديد
change-lead = يريد شخص ما استخدام هذا العنوان لحساب.
change-lifetime = الرابط والرمز صالحان مرة واحدة، لمدة يوم، حيث يكون الدخول إلى الحساب مسجّلًا.

# To the old address of an account.

changed-subject = تغيّر عنوانك
changed-lead = أصبح لحسابك عنوان آخر من الآن فصاعدًا:
changed-undo = إذا كنت أنت من فعل ذلك، فليس عليك فعل شيء. وإلا فاستعد الحساب: تُنهى جميع جلساته، وتختار كلمة مرور جديدة. يمكن ذلك مرة واحدة، خلال أسبوع.
changed-link = استعادة الحساب

# A sign-in from a device not seen before.

new-device-subject = تسجيل دخول جديد إلى حسابك
new-device-lead = سجّل شخص ما الدخول إلى حسابك على جهاز لم يُستخدم عليه من قبل.
new-device-time = الوقت
new-device-from = عنوان الشبكة
new-device-not-you = إذا كنت أنت من فعل ذلك، فليس عليك فعل شيء. وإلا فاختر كلمة مرور جديدة:

# A way to prove who it is came or went. The last sentence is another letter's too.

factors-subject = جرى تغيير في حسابك
passkey-added = أُضيف مفتاح مرور إلى حسابك.
authenticator-added = أُضيف تطبيق مصادقة إلى حسابك.
recovery-codes-made = أُنشئت رموز استرداد جديدة لحسابك.
provider-linked = رُبط حساب في موقع آخر بحسابك.
passkey-removed = أُزيل مفتاح مرور من حسابك.
authenticator-removed = أُزيل تطبيق المصادقة من حسابك.
recovery-codes-removed = أُزيلت رموز الاسترداد من حسابك.
provider-unlinked = لم يعد حساب في موقع آخر مرتبطًا بحسابك.
not-you = إذا كنت أنت من فعل ذلك، فليس عليك فعل شيء. وإلا فسجّل الدخول وتفقّد حسابك:

# The password is another.

password-subject = تغيّرت كلمة مرورك
password-lead = تغيّرت كلمة مرور حسابك.
password-not-you = إذا كنت أنت من فعل ذلك، فليس عليك فعل شيء. وإلا فاختر كلمة جديدة الآن:

# A personal access token was made.

token-subject = رمز وصول جديد
token-lead = أُنشئ رمز وصول لحسابك. من يملكه يتصرف باسمك حيث يسمح الرمز بذلك.
token-not-you = إذا كنت أنت من فعل ذلك، فليس عليك فعل شيء. وإلا فألغِ الرمز وتفقّد حسابك:
token-link = رموز الوصول الخاصة بك

# The end of the account was asked for: on a day, or at once.

deletion-lead = طلب شخص ما حذف حسابك. أُنهيت جميع جلساته. وسيُحذف في هذا اليوم مع كل ما هو محفوظ عنه هنا:
deletion-day = يُحذف في
deletion-stay = يمكنك الاحتفاظ به حتى ذلك الحين: سجّل الدخول وأكّد أنك تريد الاحتفاظ به. وإذا لم تكن أنت من طلب ذلك، فتفقّد حسابك عندئذ.
deletion-at-once = طلب شخص ما حذف حسابك. أُنهيت جميع جلساته، ويُحذف حالًا مع كل ما هو محفوظ عنه هنا.
deletion-not-you = إذا كنت أنت من فعل ذلك، فليس عليك فعل شيء. وإلا فاسأل القائمين على هذا الموقع.

# The operator tries whether mail arrives.

trial-subject = البريد يصل
trial-lead = تفيد هذه الرسالة بأن هذا الموقع يستطيع إرسال البريد.

# Somebody is to have an account.

invitation-subject = لديك دعوة
invitation-lead = أنت مدعوّ لإنشاء حساب على هذا الموقع.
invitation-link = إنشاء حساب
invitation-lifetime = يصلح الرابط مرة واحدة خلال سبعة أيام.
