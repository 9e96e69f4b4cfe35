# لماذا لا يمضي الطلب.

# العناوين.

title-sign-in = يُرجى تسجيل الدخول
title-again = يُرجى المحاولة مرة أخرى
title-other-account = ليس بهذا الحساب
title-not-supported = غير مدعوم
title-no-answer = التطبيق لا يستجيب
title-login-off = تسجيل الدخول موقوف
title-not-set-up = غير مُعَدّ
title-passphrase = عبارة المرور مطلوبة
title-recent = يُرجى تأكيد هويتك
title-passkey = يُرجى استخدام مفتاح مرور
title-second-factor = يُرجى استخدام عامل ثانٍ
title-unknown-origin = غير موجود هنا
title-bad-request = طلب غير صالح
title-insecure = عبر HTTPS فقط
title-too-long = العنوان طويل جدًا
title-too-large = الطلب كبير جدًا
title-not-found = غير موجود
title-wrong = حدث خطأ ما

# الجمل بحسب الرمز.

session-none = لم تسجّل الدخول.
session-invalid = جلستك غير صالحة هنا. يُرجى تسجيل الدخول مرة أخرى.
session-expired = انتهت جلستك. يُرجى تسجيل الدخول مرة أخرى.
token-invalid = رمز الوصول هذا غير صالح هنا.
provider-revoked = سحب مزوّد الهوية الذي سجّلت الدخول عبره إذنه. يُرجى تسجيل الدخول عبره مرة أخرى.
access-passphrase = هذه الصفحة لمن يعرف عبارة مرورها.
access-org = هذه الصفحة لمن لديهم عنوان بريد إلكتروني مؤكَّد لدى مؤسسات معيّنة.
access-group = هذه الصفحة لأعضاء مجموعات معيّنة.
access-recent = مضى على تسجيل دخولك وقت أطول مما تسمح به هذه الصفحة. يُرجى تأكيد هويتك.
access-passkey = تطلب هذه الصفحة مفتاح مرور. يُرجى تأكيد هويتك.
access-second-factor = تطلب هذه الصفحة عاملًا ثانيًا. يُرجى تأكيد هويتك.
app-not-granted = لا يُسمح لهذا الحساب باستخدام هذا التطبيق.
origin-unknown = لا يخدم هذا الخادم ذلك العنوان.
request-malformed = تعذّر فهم الطلب.
request-insecure = هذا الموقع متاح عبر HTTPS فقط: افتحه باستخدام https://، واستبدل كل كلمة مرور أو رمز وصول أُرسل دون تشفير.
request-target-too-long = عنوان هذا الطلب طويل جدًا.
request-fields-too-large = ترويسة الطلب كبيرة جدًا. قد يفيد مسح ملفات تعريف الارتباط الخاصة بهذا الموقع.
request-method-refused = هذه الطريقة غير متاحة هنا.
request-transfer-coding-unknown = ترميز النقل هذا غير مفهوم هنا.
route-unknown = لا يوجد شيء في هذا العنوان.
upgrade-unsupported = لا تعمل WebSocket عبر هذا المضيف.
store-unavailable = تسجيل الدخول غير متاح في الوقت الحالي. يُرجى المحاولة مرة أخرى بعد بضع ثوانٍ.
store-conflict = لم يكتمل ذلك. يُرجى المحاولة مرة أخرى.
upstream-unreachable = يتعذّر الوصول إلى التطبيق خلف هذا العنوان. يُرجى المحاولة مرة أخرى بعد لحظة.
upstream-timeout = يستغرق التطبيق خلف هذا العنوان وقتًا طويلًا للرد. يُرجى المحاولة مرة أخرى بعد لحظة.
upstream-loop = التطبيق خلف هذا العنوان غير مُعَدّ. يذكر سجل الخادم ما ينقص.
busy = يوجد هنا عدد كبير جدًا من الأشخاص في هذه اللحظة. يُرجى المحاولة مرة أخرى بعد بضع ثوانٍ.
login-off = أوقف القائمون على هذا الموقع تسجيل الدخول. الحسابات محفوظة، ولا أحد مسجّل الدخول.
settings-invalid = هذا العنوان غير مُعَدّ. يذكر سجل الخادم ما ينقص.
internal = حدث خطأ ما. يُرجى المحاولة مرة أخرى.

# إلى جانبها.

sign-in = تسجيل الدخول
sign-out = تسجيل الخروج
try-again = المحاولة مرة أخرى
confirm = تأكيد
type-passphrase = إدخال عبارة المرور
start-page = إلى صفحة البداية
use-other-account = استخدام حساب آخر
open-by-https = الفتح عبر HTTPS
unsent = لم يصل ما أرسلته. تابع في علامة تبويب جديدة، ثم أعد تحميل هذه الصفحة لإرساله مرة أخرى.
signed-in-as = سجّلت الدخول باسم { $email }.
elsewhere = وهو يستجيب على هذا العنوان:
code = الرمز:
