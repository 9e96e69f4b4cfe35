# ما يحيط بكل صفحة.

insecure-title = غير مشفَّر.
insecure = يعمل هذا الموقع عبر HTTP غير مشفَّر: يستطيع أي شخص على الشبكة قراءة ما تكتبه هنا.
preview-title = معاينة.
preview-own-accounts = لها حساباتها الخاصة.
preview-shared-accounts = تشترك في الحسابات مع الموقع الذي هي معاينة له.
error-title = خطأ: { $title }
faults-one = يُرجى تصحيح هذا:
faults-many = يُرجى تصحيح ما يلي:

# Labels and titles that stand in several places, on pages or in letters.

email = البريد الإلكتروني
name = الاسم
password = كلمة المرور
new-password = كلمة المرور الجديدة
choose-password = اختيار كلمة مرور جديدة
passkey = مفتاح مرور
code-shown = الرمز الذي يعرضه التطبيق
continue = متابعة
create-an-account = إنشاء حساب
create-account = إنشاء الحساب
sign-in-by-email = تسجيل الدخول عبر البريد الإلكتروني
send-letter = إرسال الرسالة
confirm-address = تأكيد عنوانك
use-address = استخدام هذا العنوان
token-purpose = الغرض منه
token-until = صالح حتى
deletion-title = سيُحذف حسابك
