# What people read and change of their own account.

# What the pages are called, and ways in.

profile = الملف الشخصي
email = البريد الإلكتروني
linked-accounts = الحسابات المرتبطة
passkeys = مفاتيح المرور
authenticator = تطبيق المصادقة
recovery-codes = رموز الاسترداد
sessions = الجلسات
tokens = رموز الوصول
activity = النشاط
export = تصدير بياناتك
delete = حذف حسابك
skip = الانتقال إلى محتوى الصفحة

# What has just been done.

done-profile-saved = تم حفظ ملفك الشخصي.
done-passkey-added = تمت إضافة مفتاح المرور.
done-passkey-second-step = تمت إضافة مفتاح المرور كخطوة ثانية فقط. لتسجيل الدخول به وحده يجب أن يطلب الجهاز رقمًا سريًا أو إصبعًا أو وجهًا، وأن يحفظ مفتاح المرور بنفسه.
done-passkey-renamed = تم تغيير اسم مفتاح المرور.
done-passkey-removed = تمت إزالة مفتاح المرور.
done-authenticator-removed = تمت إزالة التطبيق.
done-password-set = تم تعيين كلمة المرور الجديدة.
done-password-removed = تمت إزالة كلمة المرور.
done-provider-linked = تم ربط الحساب.
done-provider-unlinked = تم إلغاء ربط الحساب.
done-session-ended = تم إنهاء الجلسة.
done-others-ended = تم إنهاء جميع الجلسات الأخرى.
done-token-revoked = تم إلغاء رمز الوصول.
done-email-changed = تم تغيير عنوانك.

# The first page.

email-none = لا يوجد. أثبت شخص آخر أن العنوان له.
email-verified = مؤكَّد
email-not-verified = غير مؤكَّد
email-confirm = تأكيد العنوان
signed-in-with = طريقة تسجيل الدخول
signed-in-until = الجلسة مفتوحة حتى
user-id = معرّف المستخدم
go-to-app = الانتقال إلى التطبيق

# The profile.

name-hint = ما تحدده هنا يبقى، أيًا كان الاسم الذي يعطيه لك حساب تسجّل الدخول به.
save = حفظ

# The address.

email-address = العنوان
email-confirmed = مؤكَّد
yes = نعم
no = لا
email-send-confirmation = إرسال رسالة لتأكيد العنوان
email-another = استخدام عنوان آخر
email-another-lead = تصل رسالة إلى العنوان الجديد أولًا. ويصل إشعار إلى العنوان القديم، ومنه يمكن التراجع عن التغيير خلال أسبوع.
email-new = العنوان الجديد

# The password.

password-change-lead = عند تعيين كلمة مرور جديدة يُسجَّل خروجك من كل مكان آخر.
password-first-lead = ليست لديك كلمة مرور بعد. وبها يمكنك تسجيل الدخول ببريدك الإلكتروني أيضًا.
password-change = تغيير كلمة المرور
password-set = تعيين كلمة المرور
password-unverified = ليست لديك كلمة مرور. قبل أن تتمكن من تعيين واحدة، أكِّد أن عنوان بريدك الإلكتروني لك.
password-without = دون كلمة مرور
password-without-lead = لديك طريقة أخرى لتسجيل الدخول. وحيث سجّلت الدخول بكلمة المرور يُسجَّل خروجك.
password-remove = إزالة كلمة المرور

# Linked accounts.

linked-lead = حسابات في أماكن أخرى يمكنك الدخول بها هنا.
linked-none = لا يوجد حساب مرتبط بعد.
linked-on = رُبط في
linked-off = تسجيل الدخول به متوقف هنا.
linked-last = هذه طريقتك الوحيدة لتسجيل الدخول، ولذلك تبقى.
linked-unlink = إلغاء الربط
linked-unlink-ends = حيث سجّلت الدخول بحساب تلغي ربطه، يُسجَّل خروجك.
linked-another = ربط حساب آخر
linked-link = ربط { $provider }

# Passkeys.

passkeys-none = يتيح لك مفتاح المرور الدخول بقفل جهازك أو مدير كلمات المرور أو مفتاح أمان، دون كلمة مرور.
passkey-backed-up = له نسخة احتياطية
passkey-not-backed-up = ليست له نسخة احتياطية بعد
passkey-one-device = على جهاز واحد
added-on = أُضيف في
last-used-on = آخر استخدام في
rename = تغيير الاسم
rename-save = حفظ الاسم
remove = إزالة
remove-named = إزالة { $name }
passkey-no-script = تنشئ المتصفحات مفاتيح المرور ببرنامج نصي، والبرامج النصية متوقفة في هذا المتصفح.

# The authenticator app.

authenticator-set-up = إعداد
authenticator-there = يطلب تسجيل الدخول رمزًا من تطبيقك بعد الخطوة الأولى.
authenticator-remove = إزالة التطبيق
authenticator-none = يعرض تطبيق على هاتفك أو في مدير كلمات المرور رمزًا جديدًا كل ثلاثين ثانية. بعد إعداده لا يدخل أحد إلى حسابك بكلمة المرور وحدها.
authenticator-begin = إعداد تطبيق
authenticator-scan = امسح هذه الصورة بتطبيق مصادقة، مثل تطبيق مدير كلمات المرور لديك.
authenticator-picture = الصورة التي يمسحها تطبيق المصادقة
authenticator-type = أو اكتب فيه هذا السر:

# Recovery codes.

codes-new = هذه رموز الاسترداد الخاصة بك. تُعرض الآن ولن تُعرض مرة أخرى، والرموز السابقة لم تعد صالحة.
codes-save = حفظ في ملف
codes-keep = احفظها حيث تجدها دون هذا الجهاز.
codes-use = يتيح لك كل رمز الدخول مرة واحدة بدلًا من الخطوة الثانية.
codes-none = ليست لديك رموز. من دونها لا يستطيع مساعدتك إذا فُقد جهازك إلا القائمون على هذا الموقع.
codes-left = المتبقي:
codes-make = إنشاء رموز جديدة
codes-useless = تحل رموز الاسترداد محل خطوة ثانية، ولم تقم بإعداد أي خطوة ثانية.
codes-set-up = إعداد تطبيق مصادقة

# Sessions.

sessions-lead = الأماكن التي سجّلت الدخول فيها. إذا كنت لا تعرف إحدى هذه الجلسات، فأنهِها وغيِّر كلمة المرور.
session-this = هذه الجلسة
session-with = طريقة تسجيل الدخول: { $provider }
session-since = سُجّل الدخول في
session-seen = آخر نشاط في
session-end = إنهاء الجلسة
sessions-older = جلسات أقدم
sessions-end-others = إنهاء جميع الجلسات الأخرى
browser-on-system = { $browser } على { $system }
browser-unknown-on-system = متصفح على { $system }
browser-unknown = متصفح غير معروف

# Access tokens.

tokens-lead = البرنامج الذي يقدّم رمز وصول يتصرف باسمك، في حدود ما يسمح به الرمز. لا تعطِ أي رمز لأحد.
token-copy = انسخه الآن: لن يُعرض مرة أخرى.
token-every-app = صالح لكل التطبيقات
token-some-apps = صالح لما يلي: { $apps }
token-made-on = أُنشئ في
token-never-used = لم يُستخدم قط
token-revoke = إلغاء الرمز
token-make = إنشاء رمز وصول
token-good-for = مدة الصلاحية
token-days =
    { $days ->
        [zero] { $days } يوم
        [one] يوم واحد
        [two] يومان
        [few] { $days } أيام
        [many] { $days } يومًا
       *[other] { $days } يوم
    }
token-reach = التطبيقات التي يمكنه استخدامها
token-reach-all = كل تطبيق يمكنك استخدامه
token-reach-some = هذه فقط
token-make-button = إنشاء الرمز

# What has happened.

events-lead = ما حدث لحسابك. إذا كنت لا تعرف شيئًا من هذا، فغيِّر كلمة المرور وراجع جلساتك.
events-none = لم يُسجَّل شيء بعد.
events-operator = من أحد المشغّلين
events-times =
    { $times ->
        [zero] { $times } مرة
        [one] مرة واحدة
        [two] مرتان
        [few] { $times } مرات
        [many] { $times } مرة
       *[other] { $times } مرة
    }
events-older = نشاط أقدم

act-session-begun = سجّلت الدخول
act-session-ended = سجّلت الخروج
act-session-revoked = تم إنهاء جلسة
act-sessions-revoked = تم إنهاء جميع الجلسات الأخرى
act-credentials-wrong = كتب شخص ما كلمة مرور خاطئة
act-passphrase-wrong = كتب شخص ما عبارة مرور خاطئة
act-sign-in-refused = رُفض تسجيل دخول
act-account-disabled = رُفض تسجيل دخول لأن الحساب معطَّل
act-account-locked = كلمات مرور خاطئة كثيرة جدًا: أُغلق تسجيل الدخول لبعض الوقت
act-limited = طُلب الكثير دفعة واحدة
act-device-new = سجّلت الدخول بمتصفح لأول مرة
act-account-created = تم إنشاء حسابك
act-email-taken = حاول شخص ما إنشاء حساب ببريدك الإلكتروني
act-account-imported = جاء حسابك من نظام آخر
act-account-linked = تم ربط حساب
act-account-unlinked = تم إلغاء ربط حساب
act-email-reclaimed = أثبت شخص آخر أن بريدك الإلكتروني له
act-profile-changed = تم تغيير ملفك الشخصي
act-deletion-asked = طُلب حذف حسابك
act-deletion-withdrawn = تم الإبقاء على حسابك
act-account-deleted = تم حذف حسابك
act-account-exported = تم تصدير بياناتك
act-account-switched-off = تم تعطيل حسابك
act-account-switched-on = تم تفعيل حسابك من جديد
act-account-unlocked = فُتح تسجيل الدخول من جديد
act-email-changed = تم تغيير بريدك الإلكتروني
act-email-verified = تم تأكيد بريدك الإلكتروني
act-password-changed = تم تغيير كلمة المرور
act-password-reset = تم تعيين كلمة المرور من جديد
act-password-removed = تمت إزالة كلمة المرور
act-link-sent = أُرسلت إليك رسالة فيها رابط
act-link-made = أُنشئ رابط لتختار به كلمة مرور جديدة
act-link-refused = لم يعد أحد الروابط صالحًا
act-factor-added = تم إعداد خطوة ثانية
act-factor-removed = تمت إزالة خطوة ثانية
act-factor-wrong = كانت الخطوة الثانية لتسجيل دخول خاطئة
act-recovery-code-used = استُخدم رمز استرداد
act-recovery-codes-made = تم إنشاء رموز استرداد جديدة
act-factors-reset = تمت إزالة خطواتك الثانية
act-step-up = أكّدت هويتك
act-token-made = تم إنشاء رمز وصول
act-token-revoked = تم إلغاء رمز وصول
act-sessions-over = تسجيل الخروج لدى مزوّد الهوية
act-provider-tokens-ended = سحب مزوّد الهوية إذنه
act-provider-tokens-revoked = أُعيدت أذون مزوّد الهوية
act-invitation-made = تمت دعوتك
act-invitation-used = قبلت دعوة
act-invitation-revoked = تم سحب دعوة
act-login-switched-on = تم تشغيل تسجيل الدخول
act-login-switched-off = تم إيقاف تسجيل الدخول
act-group-created = تم إنشاء مجموعة
act-group-deleted = تم حذف مجموعة
act-group-joined = انضممت إلى مجموعة
act-group-left = غادرت مجموعة
act-app-granted = مُنحت استخدام تطبيق
act-app-revoked = لم يعد استخدام أحد التطبيقات ممنوحًا لك
act-secret-requested = طُلب سرّ
act-secret-entered = تم إدخال سرّ
act-secret-rotated = تم تجديد سرّ
act-secret-entry-refused = لم يتم إدخال سرّ: الرابط غير صالح
act-secret-deleted = تم حذف سرّ
act-secret-bound = أُعطي تطبيق سرًّا
act-secret-revealed = سُلّمت أسرار إلى تطبيق
act-variables-set = تم تعيين متغيرات
act-variables-deleted = تم حذف متغيرات
act-project-reconciled = تمت مطابقة مشروع
act-application-added = تمت إضافة تطبيق
act-application-removed = تمت إزالة تطبيق
act-vault-rekeyed = خُتمت الخزنة بمفتاح جديد

# All that is kept, as a file.

export-lead = ملف فيه كل ما يحفظه { $site } عن حسابك: من أنت، وحساباتك المرتبطة، ومفاتيح مرورك وخطواتك الثانية دون أسرارها، وأين سجّلت الدخول، ورموز وصولك دون أسرارها، ومجموعاتك، والتطبيقات الممنوحة لك، وما حدث لحسابك. ولا يحتوي على ما تحفظه التطبيقات نفسها عنك.
export-download = تنزيل الملف

# The end of the account.

delete-at-once = يُحذف حسابك فورًا مع كل ما يُحفظ عنه هنا. ويُسجَّل خروجك من كل مكان.
delete-later = يُسجَّل خروجك فورًا من كل مكان. ولبعض الوقت يمكنك تسجيل الدخول والإبقاء على حسابك؛ ثم يُحذف مع كل ما يُحفظ عنه هنا.
delete-kept-until = يمكنك الإبقاء عليه حتى
delete-apps = ما تحفظه التطبيقات عنك يعود إليها حذفه.
delete-confirmation = للتأكيد، اكتب
delete-button = حذف حسابي

# Where somebody is signed in.

place = { $city }، { $country }
