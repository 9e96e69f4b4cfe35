# Signing in and up, proving it again, and signing out.

# The sign-in page.

signed-out = تم تسجيل خروجك.
continue-with = المتابعة باستخدام { $provider }
or-with-email = أو باستخدام بريدك الإلكتروني
forgot-password = هل نسيت كلمة المرور؟
no-way-in = لا توجد هنا طريقة لتسجيل الدخول بعد. لقد عطّل القائمون على { $site } كلمات المرور ولم يُعِدّوا أي مزوّد هوية.
new-here = هل هذه زيارتك الأولى؟

# Where people sign in on the pages of the app.

elsewhere = تسجيل الدخول إلى { $site } يكون في صفحاته الخاصة، لا في هذه الصفحة.
elsewhere-void = الجلسة التي يحملها هذا المتصفح غير صالحة أو لم تعد صالحة. سجِّل الدخول مرة أخرى.

# Whoever is signed in already, and whoever just has.

signed-in-title = لقد سجّلت الدخول
change-account = تسجيل الخروج واستخدام حساب آخر
onwards = جارٍ الانتقال إلى { $site } …

# The sign-up page.

invited = تلقّيت دعوة لإنشاء حساب هنا.
password-hint = 8 أحرف على الأقل. بضع كلمات متتالية خيار جيد.
have-account = هل لديك حساب؟

# Where very many people ask for something.

# Ten seconds, thirty, or sixty.
wait = { $seconds ->
    [few] انتظر { $seconds } ثوانٍ قبل الضغط على الزر.
   *[other] انتظر { $seconds } ثانية قبل الضغط على الزر.
}
working = يُجري متصفحك عملية حسابية تستغرق بضع ثوانٍ.

# The sign-out page.

nobody-title = تم تسجيل خروجك
nobody = لم يسجّل أحد الدخول إلى { $site } في هذا المتصفح.
sign-out-title = هل تريد تسجيل الخروج؟
stay = البقاء مسجّل الدخول

# The second step.

second-step = الخطوة الثانية
set-up-app = تحتاج الحسابات هنا إلى خطوة ثانية. أعِدّ تطبيق مصادقة للمتابعة.
set-up = الإعداد وتسجيل الدخول
code-or-recovery = رمز من تطبيقك، أو رمز استرداد
passkey-or-recovery = استخدم أحد مفاتيح المرور لديك، أو رمز استرداد إن لم يكن أي منها في متناول يدك.
recovery-code = رمز الاسترداد
sign-in-with-code = تسجيل الدخول بالرمز
begin-again = البدء من جديد

# Passkeys.

passkey-use = استخدام مفتاح مرور
passkey-add = إضافة مفتاح مرور
passkey-name = الاسم، كاسم الجهاز مثلًا
passkey-none = لم يُستخدم أي مفتاح مرور. حاول مرة أخرى، أو اختر طريقة أخرى.

# The confirmation.

confirm-lead = ما توشك على فعله يتطلب تأكيد هويتك مرة أخرى.
lacks-passkey = تطلب تلك الصفحة مفتاح مرور، وليس لحسابك أي مفتاح بعد.
lacks-second-factor = تطلب تلك الصفحة عاملًا ثانيًا، وليس لحسابك عامل ثانٍ بعد.
not-now = ليس الآن

# An account that is about to go.

leaving-over = انتهت مهلة الاحتفاظ به. سيُحذف خلال دقائق.
leaving-asked = هذا ما طلبته. يمكنك قبل حذفه أن تحتفظ به وأن تسجّل الدخول مرة أخرى.
leaving-on = يُحذف في
leaving-keep = الاحتفاظ بحسابي
leaving-leave = ترك الأمر على حاله

# The shared passphrase.

passphrase-lead = هذه الصفحة لمن يعرف عبارة مرورها. يستطيع من أرسلك إلى هنا أن يخبرك بها.
passphrase = عبارة المرور
passphrase-known-title = قُبلت عبارة المرور
passphrase-known = أُدخلت عبارة مرور { $site } في هذا المتصفح.
passphrase-forget = نسيانها في هذا المتصفح
