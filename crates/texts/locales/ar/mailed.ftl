# The pages around letters: asking for one, looking for it, and what its link leads to.

# Where a letter is asked for.

sign-in-lead = ستصلك رسالة فيها رابط يسجّل دخولك.
choose-password-lead = ستصلك رسالة فيها رابط لاختيار كلمة مرور جديدة.
other-way = تسجيل الدخول بطريقة أخرى

# A letter was asked for.

sent-title = تفقّد بريدك
sent = هناك رسالة في طريقها إلى هذا العنوان. تذكر كيف تتابع، وهي صالحة لمدة يوم.
sent-sign-in = هناك رسالة فيها رابط ورمز في طريقها إلى هذا العنوان. كلاهما صالح لمدة 15 دقيقة.
sent-sign-in-if-account = إذا كان هناك حساب بهذا العنوان، فهناك رسالة فيها رابط ورمز في الطريق. كلاهما صالح لمدة 15 دقيقة.
sent-new-password-if-account = إذا كان هناك حساب بهذا العنوان، فهناك رسالة فيها رابط ورمز في الطريق. كلاهما صالح لمدة 30 دقيقة.
sent-follow = افتح الرابط الذي في الرسالة، في هذا المتصفح أو في غيره. أو اكتب هنا الرمز الذي فيها.
code = الرمز
code-hint = ستة أرقام. خمس محاولات.
no-letter = لم تصل الرسالة؟ ابحث عنها بين الرسائل غير المرغوب فيها.

# What a link leads to: titles.

undo-title = استعادة عنوانك

# What its button does. The address follows.

sign-in-here = يُسجَّل دخولك بهذا هنا، في هذا المتصفح، باسم:
register-lead = يُنشأ بهذا حساب بهذا العنوان ويُسجَّل دخولك:
new-password-lead = مع كلمة مرور جديدة يُسجَّل دخولك هنا، ويُسجَّل خروجك من كل مكان آخر.
verify-lead = تؤكّد بهذا أنك تقرأ بريد هذا العنوان:
verify-elsewhere-lead = لم يسجّل أحد حسابًا في هذا المتصفح. إذا كنت أنت من فعل ذلك، فاكتب كلمة المرور التي اخترتها. وإلا فأغلق هذه الصفحة: لا يحدث شيء دون كلمة المرور.
change-lead = يصبح هذا عنوان حسابك من الآن فصاعدًا:
undo-lead = يستعيد الحساب هذا العنوان، وتُنهى جميع جلساته:

# The buttons.

save-password = حفظ كلمة المرور
verify = تأكيد العنوان
undo = استعادته

# An account that nobody has proved, of which something is chosen.

unproved = يوجد حساب بهذا العنوان، ولم يؤكّد أحد أنه حسابه.
unproved-since = أُنشئ في
unproved-keep = أنا أنشأته: الاحتفاظ به، وإنهاء كل طريق آخر إليه
unproved-anew = لم أنشئه: بدء حساب جديد
