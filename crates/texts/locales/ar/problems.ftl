# What goes wrong, and what the visitor is told.

# Sign-in by a provider: how it began and came back.

oauth-parameters-malformed = تعذّرت قراءة رد المزوّد. يُرجى المحاولة مرة أخرى.
oauth-state-missing = لم تبدأ عملية تسجيل الدخول هذه من هنا. يُرجى المحاولة مرة أخرى.
oauth-state-mismatch = لم تبدأ عملية تسجيل الدخول هذه في هذا المتصفح، أو استغرقت وقتًا طويلًا جدًا. يُرجى المحاولة مرة أخرى.
oauth-attempt-expired = استغرقت عملية تسجيل الدخول هذه وقتًا طويلًا جدًا. يُرجى المحاولة مرة أخرى.
oauth-provider-mismatch = بدأت عملية تسجيل الدخول هذه مع مزوّد آخر. يُرجى المحاولة مرة أخرى.
oauth-callback-mismatch = لم يصل رد المزوّد إلى العنوان الذي طُلب منه الوصول إليه. يُرجى المحاولة مرة أخرى.
oauth-origin-mismatch = بدأت عملية تسجيل الدخول هذه في موقع آخر. يُرجى المحاولة مرة أخرى.
oauth-issuer-mismatch = جاء الرد من مزوّد آخر. يُرجى المحاولة مرة أخرى.
oauth-issuer-missing = كان رد المزوّد ناقصًا. يُرجى المحاولة مرة أخرى.
oauth-denied = لم يسمح لك المزوّد بالدخول، أو أنك لم تسمح بتسجيل الدخول. لم يحدث شيء.
oauth-provider-error = لم يتمكّن المزوّد من تسجيل دخولك. يُرجى المحاولة مرة أخرى لاحقًا.
oauth-replayed = استُخدمت عملية تسجيل الدخول هذه من قبل. يُرجى البدء من جديد.

# Sign-in by a provider, for another site.

relay-target-unknown = الموقع الذي كانت عملية تسجيل الدخول هذه من أجله لم يعد متاحًا هنا، لذلك لم يُرسل إليه شيء.
relay-target-refused = تسجيل الدخول إلى ذلك الموقع لا يمر عبر هذا الموقع، لذلك لم يُرسل شيء إلى هناك.
relay-code-invalid = لم يصل رد المزوّد عبر المسار المفترض. يُرجى المحاولة مرة أخرى.

# Sign-in by a provider: what the provider answers.

provider-unknown = لا توجد طريقة كهذه لتسجيل الدخول هنا.
provider-unreachable = المزوّد لا يستجيب. يُرجى المحاولة مرة أخرى لاحقًا.
discovery-malformed = المزوّد لا يستجيب كما ينبغي. يُرجى المحاولة مرة أخرى لاحقًا.
discovery-unsupported = لا يوفّر المزوّد ما يلزم لتسجيل الدخول هنا.
github-malformed = لا يستجيب GitHub كما ينبغي. يُرجى المحاولة مرة أخرى لاحقًا.
token-refused = لم يُكمل المزوّد تسجيل الدخول. يُرجى المحاولة مرة أخرى.
id-token-malformed = تعذّر التحقق من رد المزوّد.
id-token-key-unknown = تعذّر التحقق من رد المزوّد. يُرجى المحاولة مرة أخرى.
id-token-nonce = يخص رد المزوّد عملية تسجيل دخول أخرى. يُرجى المحاولة مرة أخرى.
id-token-expired = انتهت صلاحية رد المزوّد. يُرجى المحاولة مرة أخرى.
id-token-not-before = لم يصبح رد المزوّد صالحًا بعد. يُرجى المحاولة مرة أخرى.

# Sign-in by a provider: which account it is.

id-token-tenant = طريقة الدخول هذه لحسابات مؤسسات معيّنة، وحسابك ليس منها.
id-token-acr = لم يتحقّق المزوّد من هويتك بالقدر الذي يطلبه هذا الموقع. سجّل الدخول مرة أخرى، وأثبت هناك ما يُطلب منك.
id-token-auth-time = لم يطلب منك المزوّد تسجيل الدخول من جديد كما يريد هذا الموقع. سجّل الخروج هناك ثم سجّل الدخول مرة أخرى.
account-email-missing = لم يذكر المزوّد عنوان بريدك الإلكتروني. اسمح بذلك لديه، أو سجّل الدخول بطريقة أخرى.
account-email-domain = طريقة الدخول هذه لعناوين البريد الإلكتروني لمؤسسات معيّنة، وعنوانك ليس منها.
account-email-unverified = يوجد بالفعل حساب بعنوان بريدك الإلكتروني، ولم يؤكّد المزوّد أن هذا العنوان لك. سجّل الدخول بالطريقة التي استخدمتها من قبل.
account-linked-elsewhere = يسجّل شخص آخر الدخول هنا بهذا الحساب، لذلك لا يمكن ربطه بحسابك.
account-link-session = كنت في جلسة أخرى عندما بدأ هذا، لذلك لم يُربط أي شيء. يُرجى المحاولة مرة أخرى.

# Who has an account, and who may make one.

account-disabled = هذا الحساب معطَّل. اسأل من يدير هذا الموقع.
account-not-invited = لا يوجد حساب لك هنا، والحسابات الجديدة بدعوة فقط.
account-sign-up-domain = الحسابات الجديدة لعناوين البريد الإلكتروني لمؤسسات معيّنة، وعنوانك ليس منها.
account-sign-up-closed = لا يوجد حساب لك هنا، ولا يمكن إنشاء حسابات جديدة.
invitation-invalid = لم تعد هذه الدعوة صالحة. اطلب دعوة أخرى ممّن دعاك.
email-taken = لهذا العنوان حساب بالفعل. سجّل الدخول بدلًا من ذلك، أو استخدم عنوانًا آخر.

# Sign-in by a password or passphrase.

passwords-off = تسجيل الدخول بكلمة المرور غير مفعَّل هنا. اختر طريقة أخرى.
elsewhere = الحسابات هنا لدى التطبيق نفسه، لذلك لا تفعل هذه الصفحة شيئًا. سجِّل الدخول في التطبيق.
wrong-credentials = البريد الإلكتروني أو كلمة المرور غير صحيحة.
wrong-passphrase = هذه ليست عبارة المرور.

# Sign-in by a letter: its link and its code.

mail-off = هذا الموقع غير مُعَدّ لإرسال البريد الإلكتروني. اختر طريقة أخرى.
link-void = استُخدم الرابط من قبل، أو أصبح قديمًا جدًا، أو انقطع جزء منه في الطريق. كل رابط صالح مرة واحدة ولوقت قصير.
wrong-code = هذا ليس الرمز، أو أنه لم يعد صالحًا.

# The second step of a sign-in, and passkeys.

needed-second-factor = كان ذلك صحيحًا، ويتطلّب تسجيل الدخول خطوة ثانية.
needed-set-up = كان ذلك صحيحًا. تحتاج الحسابات هنا إلى خطوة ثانية: يُرجى إعداد واحدة أولًا.
second-factor-gone = استغرقت الخطوة الثانية وقتًا طويلًا جدًا، أو بدأت في متصفح آخر، أو تغيّر شيء في الحساب في هذه الأثناء. سجّل الدخول مرة أخرى.
second-factor-wrong = هذا ليس الرمز الحالي، أو أنه استُخدم من قبل.
second-factor-limited = جُرّبت رموز أكثر من اللازم. انتظر ربع ساعة، ثم سجّل الدخول مرة أخرى.
second-factor-required = تحتاج الحسابات هنا إلى خطوة ثانية. يُرجى إعداد خطوة أخرى قبل إزالة هذه.
passkey-refused = تعذّر استخدام مفتاح المرور هذا هنا. حاول مرة أخرى، أو اختر طريقة أخرى.
passkey-unverified = تسجّل مفاتيح المرور الدخول هنا وحدها، لذلك يجب أن تطلب رقمًا سريًا أو إصبعًا أو وجهًا، ولم يفعل هذا المفتاح ذلك. عيّن له رقمًا سريًا، أو استخدم مفتاحًا آخر.
too-many-passkeys = لديك أكبر عدد مسموح به لأي شخص من مفاتيح المرور. أزِل مفتاحًا لا تحتاج إليه.

# The account, its session and its apps.

not-recent = مضى بعض الوقت على تسجيل دخولك. أكّد هويتك أولًا.
not-ended = نسيك هذا المتصفح. لم تستجب قاعدة البيانات، لذلك تعذّر إنهاء الجلسة نفسها: أي نسخة منها في مكان آخر تبقى صالحة حتى تنتهي مدتها. سجّل الدخول ثم الخروج مرة أخرى لاحقًا لإنهائها.
last-way-in = من دون هذه الطريقة لن تتمكّن من تسجيل الدخول بعد ذلك. عيّن كلمة مرور أو اربط حسابًا آخر أولًا.
email-not-verified = تتيح كلمة المرور الدخول لمن لديه عنوان بريدك الإلكتروني، لذلك أكّد أولًا أنه لك.
account-changed = تغيّر شيء في الحساب في هذه الأثناء. انظر إليه مرة أخرى.
too-many-tokens = لديك أكبر عدد مسموح به لأي شخص من رموز الوصول. ألغِ رمزًا لا تحتاج إليه.
app-unknown = لا يوجد في القائمة تطبيق بهذا الاسم.

# Limits.

busy = عدد من يسجّلون الدخول في هذه اللحظة أكبر من اللازم. حاول مرة أخرى بعد بضع ثوانٍ.
work-wanted = يطلب هذا عدد كبير جدًا من الأشخاص في هذه اللحظة. املأ ما هو فارغ، واضغط الزر مرة أخرى.
limited-minute = كان عدد المحاولات أكبر من اللازم. انتظر دقيقة، ثم حاول مرة أخرى.
limited-minutes = كان عدد المحاولات أكبر من اللازم. انتظر عشر دقائق، ثم حاول مرة أخرى.
limited-hour = كان عدد المحاولات أكبر من اللازم. انتظر ساعة، ثم حاول مرة أخرى.

# Forms.

form-malformed = تعذّرت قراءة النموذج. يُرجى العودة والمحاولة مرة أخرى.
form-too-large = النموذج كبير جدًا. يُرجى العودة واختصار ما كتبته.
form-csrf-mismatch = بقيت هذه الصفحة مفتوحة وقتًا طويلًا جدًا. يُرجى المحاولة مرة أخرى.
form-cross-site = أُرسل هذا النموذج من موقع آخر، لذلك لم يحدث شيء.
invalid = شيء مما كُتب لا يصلح.
input-invalid = هناك شيء مفقود في الطلب أو ليس في مكانه الصحيح.
no-provider = لم يُعدّ أي مزوّد لتسجيل الدخول. يمكن لمن يدير هذا الموقع إضافة واحد.
no-provider-token = لا يوجد رمز وصول من هذا المزوّد لحسابك.

# Fields: email address.

email-empty = أدخل عنوان بريدك الإلكتروني.
email-too-long = هذا العنوان طويل جدًا.
email-malformed = هذا ليس عنوان بريد إلكتروني. يكون شكل العنوان هكذا: name@example.com.
email-same = هذا عنوانك بالفعل.

# Fields: name.

name-empty = أدخل اسمك.
name-too-long = استخدم 80 حرفًا على الأكثر.
name-unprintable = استخدم أحرفًا قابلة للطباعة.

# Fields: a new password.

password-empty = أدخل كلمة مرور.
password-too-short = استخدم 8 أحرف على الأقل.
password-too-long = استخدم 128 حرفًا على الأكثر.
password-unprintable = استخدم أحرفًا يمكن كتابتها بلوحة مفاتيح.
password-common = كلمة المرور هذه من أول ما يُخمَّن. اختر كلمة مرور أخرى.
password-personal = عنوان بريدك الإلكتروني أو اسمك هو أول ما يُخمَّن. اختر كلمة مرور أخرى.
password-breached = كلمة المرور هذه معروفة من تسريب بيانات موقع آخر. اختر كلمة مرور لا تستخدمها في أي مكان آخر.

# Fields: a password, passphrase or code that there is.

password-wrong = هذه ليست كلمة المرور.
own-password-empty = أدخل كلمة مرورك.
own-password-wrong = هذه ليست كلمة مرورك.
passphrase-empty = أدخل عبارة المرور.
code-not-of-now = هذا ليس الرمز الحالي.

# Fields: access tokens and choices.

token-name-empty = أدخل اسمًا لرمز الوصول.
token-days = اختر مدة صلاحية رمز الوصول.
token-apps = اختر تطبيقًا واحدًا على الأقل.
choice-missing = اختر أحد هذه الخيارات.
confirmation-wrong = هذا ليس ما هو مكتوب أعلاه.

# Pages.

not-found = لا يوجد شيء في هذا العنوان. قد يكون الرابط قديمًا أو مكتوبًا بشكل خاطئ.
method-not-allowed = الصفحة موجودة، لكنها لا ترد على طلبات كهذه.

# Titles: sign-in by a provider, and who has an account.

title-failed = لم ينجح تسجيل الدخول
title-site-refused = لا يمكن تسجيل الدخول إلى ذلك الموقع
title-nothing-linked = لم يُربط أي شيء
title-account-off = هذا الحساب معطَّل
title-no-account = لا يوجد حساب لك هنا
title-invitation-over = انتهت هذه الدعوة

# Titles: sign-in by a password, a passphrase or a letter.

title-passwords-off = كلمات المرور غير مفعَّلة
title-elsewhere = ليس في هذه الصفحة
title-mail-off = لا يُرسل بريد إلكتروني من هنا
title-link-void = هذا الرابط غير صالح
title-wrong-code = هذا الرمز غير صحيح

# Titles: the second step of a sign-in, and passkeys.

title-needed = خطوة أخرى
title-second-factor-gone = يُرجى تسجيل الدخول مرة أخرى
title-second-factor-limited = رموز أكثر من اللازم
title-second-factor-required = يجب أن تبقى واحدة
title-passkey-refused = لم يعمل مفتاح المرور هذا
title-too-many-passkeys = مفاتيح مرور أكثر من اللازم

# Titles: the account, its session and its apps.

title-not-recent = هل ما زلت أنت المستخدم؟
title-not-ended = تم تسجيل الخروج في هذا المتصفح فقط
title-last-way-in = طريقتك الوحيدة لتسجيل الدخول
title-email-not-verified = أكّد بريدك الإلكتروني أولًا
title-account-changed = تغيّر ذلك في هذه الأثناء
title-too-many-tokens = رموز وصول أكثر من اللازم
title-app-unknown = لا يوجد تطبيق كهذا

# Titles: limits.

title-busy = عدد كبير جدًا من الأشخاص يسجّلون الدخول
title-work-wanted = عدد كبير جدًا من الأشخاص يطلبون هذا
title-limited = محاولات أكثر من اللازم

# Titles: forms and pages.

form-title-malformed = لم يصل ذلك
form-title-csrf-mismatch = لم يحدث شيء
title-invalid = هذا لا يصلح بعد
title-no-provider = لا يوجد مزوّد
title-no-provider-token = لا يوجد رمز وصول
not-found-title = الصفحة غير موجودة
method-not-allowed-title = هذه الصفحة لا تفعل ذلك

# Actions.

confirm = تأكيد هويتك
ask-for-another = طلب رابط آخر
your-account = حسابك
