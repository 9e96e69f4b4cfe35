# ما يحيط بكل صفحة.

insecure-title = غير مشفَّر.
insecure = يعمل هذا الموقع عبر HTTP غير مشفَّر: يستطيع أي شخص على الشبكة قراءة ما تكتبه هنا.
preview-title = معاينة.
preview-own-accounts = لها حساباتها الخاصة.
preview-shared-accounts = تشترك في الحسابات مع الموقع الذي هي معاينة له.
error-title = خطأ: { $title }
faults-passing = يُرجى المحاولة مرة أخرى
faults-one = يُرجى تصحيح هذا:
faults-many = يُرجى تصحيح ما يلي:
