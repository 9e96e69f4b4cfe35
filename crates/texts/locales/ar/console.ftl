# The pages for admins.

# What the pages are called.

console = لوحة الإدارة
secrets = الأسرار
requests = الطلبات
applications = التطبيقات
agents = الوكلاء
origins = المواقع والمعاينات
users = المستخدمون
audit = ما جرى

# Why a request gets no further.

title-not-admin = للمديرين فقط
not-admin = هذه الصفحة لأعضاء المجموعتين admins وowners، وأنت لست في أي منهما. اسأل من يشغّل هذا الموقع.
title-not-configured = لا مفتاح للخزنة
not-configured = لا يمكن حفظ الأسرار بعد: ليس للخزنة مفتاح تختم به. من يشغّل هذا الموقع يضبطه.
title-not-yours = غير مسموح
forbidden = لا يمكنك فعل ذلك هنا.
not-yours = لا أحد يفعل هذا بنفسه، ولا يفعله بعضو في owners إلا عضو في owners.
not-found = هو غير موجود، أو لم يعد موجودًا. انظر إلى القائمة من جديد.
conflict = غيّر شخص آخر ذلك في اللحظة نفسها. انظر إليه من جديد.
wrong-key = خُتم المحفوظ بمفتاح غير موجود هنا. لم يضع شيء: السجل يسمّي المفتاح الناقص.
unavailable = الخزنة لا تستجيب. يُرجى المحاولة مرة أخرى بعد بضع ثوانٍ.
link-void = استُخدم من قبل، أو انتهى وقته، أو أنه لمكان آخر. لم يُحفظ شيء. اطلب رابطًا آخر.
back = إلى لوحة الإدارة

# What is wrong with what was typed.

value-empty = يجب ألا تكون القيمة السرية فارغة.
value-too-long = يجب ألا تزيد القيمة السرية على 8192 بايت.
value-nul = يجب ألا تحتوي القيمة السرية على المحرف NUL.
fault-name = يتكوّن اسم السرّ من A–Z و0–9 و_، ويبدأ بحرف، ولا يزيد على 128 محرفًا.
fault-key = يتكوّن اسم المتغيّر من حروف وأرقام و_، ولا يبدأ برقم، ولا يزيد على 128 محرفًا.
fault-reserved = المتغيّر الذي يغيّر كيفية بدء البرامج، مثل PATH أو LD_PRELOAD، لا يُضبط من هنا.
fault-application = يتكوّن معرّف التطبيق من حروف وأرقام و- و_، ولا يزيد على 63 محرفًا.
fault-variable-value = لا تزيد قيمة المتغيّر على 8192 بايت ولا تحتوي على المحرف NUL.
fault-no-secret = لم يُدخل أحد هذا السرّ بعد.
fault-project = المشروع غير صالح، ولم يُكتب شيء. ما الخطأ فيه:
fault-scopes = اختر ما يمكن للوكيل فعله.

# What has just been done.

done-stored = تم حفظ السرّ.
done-rotated = تم تجديد السرّ. تحتفظ التطبيقات بالقيمة التي لديها حتى تُطابَق وتبدأ من جديد.
done-deleted = تم حذف السرّ. تحتفظ التطبيقات بنسخها حتى تُحذف المتغيّرات.
done-application-added = تمت إضافة التطبيق.
done-application-removed = تمت إزالة التطبيق مع متغيّراته.
done-variable-set = تم ضبط المتغيّر. يسري ذلك من البدء التالي للتطبيق.
done-variable-deleted = تم حذف المتغيّر. يسري ذلك من البدء التالي للتطبيق.
done-bound = تمت كتابة السرّ في المتغيّر. يسري ذلك من البدء التالي للتطبيق.
done-reconciled = تمت مطابقة المشروع. يسري ذلك من البدء التالي للتطبيق.
done-user-off = تم تعطيل الحساب وتسجيل خروجه من كل مكان.
done-user-on = تم تفعيل الحساب.

# The first page.

vault-key = مفتاح الخزنة
vault-set = لحفظ الأسرار اضبط هذا المتغيّر:
vault-make = ينشئ هذا الأمر قيمته:
secrets-count =
    { $count ->
        [zero] { $count } سرّ
        [one] سرّ واحد
        [two] سرّان
        [few] { $count } أسرار
        [many] { $count } سرًّا
       *[other] { $count } سرّ
    }
requests-count =
    { $count ->
        [zero] { $count } طلب ينتظر
        [one] طلب واحد ينتظر سرّه
        [two] طلبان ينتظران سرّيهما
        [few] { $count } طلبات تنتظر أسرارها
        [many] { $count } طلبًا تنتظر أسرارها
       *[other] { $count } طلب تنتظر أسرارها
    }
applications-count =
    { $count ->
        [zero] { $count } تطبيق
        [one] تطبيق واحد
        [two] تطبيقان
        [few] { $count } تطبيقات
        [many] { $count } تطبيقًا
       *[other] { $count } تطبيق
    }

# Secrets.

secrets-lead = القيمة المُدخلة لا تُعرض على أحد بعد ذلك. تحصل التطبيقات على نسخ منها.
secrets-none = لا يوجد سرّ محفوظ بعد.
updated-on = أُدخل في
by = بواسطة
operator = أحد المشغّلين
used-by = يستخدمه
used-by-none = ليس لدى أي تطبيق نسخة.
used-by-count =
    { $count ->
        [zero] لا نسخة في أي متغيّر
        [one] لدى متغيّر واحد نسخة
        [two] لدى متغيّرين نسخة
        [few] لدى { $count } متغيّرات نسخة
        [many] لدى { $count } متغيّرًا نسخة
       *[other] لدى { $count } متغيّر نسخة
    }
overridden = له قيمة خاصة به
ask = طلب سرّ
ask-lead = من لديه الرابط يُدخل القيمة بعد تسجيل الدخول مديرًا. يعمل مرة واحدة، لمدة خمس عشرة دقيقة.
ask-button = إنشاء الرابط
link-made = سلّم هذا الرابط. لن يُعرض مرة أخرى:
secret-name = اسم السرّ
enter = إدخال سرّ
enter-lead = الاسم الموجود من قبل يُجدَّد: تحل القيمة محل القيمة الأقدم.
rotate = تجديده
value = القيمة
value-hint = 8192 بايت على الأكثر. تُحفظ كما لُصقت، ولا تُعرض مرة أخرى.
enter-button = حفظ القيمة
delete-secret = حذف السرّ
delete-lead = تزول القيمة من الخزنة نهائيًا. تحتفظ هذه بنسخها ولا تحصل على أحدث منها:
delete-lead-none = تزول القيمة من الخزنة نهائيًا. ليس لدى أي تطبيق نسخة منها.

# The page of a link.

entry-new = تُطلب منك قيمة سرّ غير موجود بعد.
entry-rotates = تُطلب منك القيمة الجديدة لسرّ. لدى هذه القيمة الأقدم حتى تُطابَق وتبدأ من جديد:
entry-rotates-none = تُطلب منك القيمة الجديدة لسرّ. ليست القيمة الأقدم لدى أي تطبيق.
entry-stored = تم الحفظ، ولم يعد الرابط صالحًا. يمكنك إغلاق هذه الصفحة.

# Requests.

requests-lead = الأسرار التي طُلبت خلال يوم.
requests-none = لم يُطلب أي سرّ.
state-pending = في الانتظار
state-fulfilled = تم الإدخال
state-expired = انتهى وقته
asked-on = طُلب في

# Applications.

applications-lead = ما يمكن إعطاؤه أسرارًا ومتغيّرات.
applications-none = لا يوجد أي منها بعد.
application-named = يسمّيه أحد المواقع
variables-count =
    { $count ->
        [zero] { $count } متغيّر
        [one] متغيّر واحد
        [two] متغيّران
        [few] { $count } متغيّرات
        [many] { $count } متغيّرًا
       *[other] { $count } متغيّر
    }
application-add = إضافة تطبيق
application-id = معرّف التطبيق
application-add-button = إضافته
variables = المتغيّرات
variables-none = ليس لديه أي منها.
source-org-linked = من سرّ
source-app-override = خاص به، حيث كان سيكون سرّ
source-app = خاص به
stale = تغيّر السرّ منذ ذلك الحين
changed-on = تغيّر في
variable-delete = حذف المتغيّر
variable-set = ضبط متغيّر
variable-set-lead = لما ليس سرًّا، مثل المنافذ والخيارات. ما يُضبط هنا يغلب سرًّا بالاسم نفسه.
variable-key = اسم المتغيّر
variable-set-button = ضبطه
bind = إعطاؤه سرًّا
bind-lead = تُنسخ القيمة داخل الخزنة، محل ما لدى المتغيّر.
bind-secret = السرّ
bind-as = اسم المتغيّر، إن كان غيره
bind-button = نسخ السرّ
bind-none = لا يوجد سرّ لإعطائه.
reconcile = مطابقة مشروع
reconcile-lead = الصق ملف المشروع، .deploymill/project.json أو gatelet.json. يُعرض أولًا ما سيُكتب.
reconcile-project = المشروع
reconcile-plan = عرض الخطة
plan = الخطة
plan-none = لا يذكر المشروع أي أسرار.
plan-set = يُكتب
plan-keep = كما يجب أن يكون
plan-missing = لم يُدخله أحد
plan-overridden = للتطبيق قيمة خاصة به تبقى
plan-apply = كتابتها
application-remove = إزالة التطبيق
application-remove-lead = يزول مع كل متغيّراته. تحتفظ البرامج العاملة بما بدأت به.
application-remove-named = يسمّيه أحد المواقع، فيبقى في القائمة؛ أما متغيّراته فتزول.

# Agents.

agents-lead = برنامج لديه رمز يستدعي أدوات نيابة عنك، بقدر ما تسمح به هنا، وما دمت مديرًا. لا تعرض أي منها قيمة. عنوانه:
agents-make = إنشاء رمز لوكيل
agents-scopes = ما يمكنه فعله
scope-secrets-names = رؤية أسماء الأسرار والتطبيقات والمتغيّرات
scope-secrets-request = طلب الأسرار من الناس
scope-env-write = إعطاء التطبيقات أسرارًا، وضبط المتغيّرات، وحذف الأسرار
scope-origins-write = إنشاء المعاينات وحذفها
agents-may = يمكنه:

# Origins.

origins-lead = ما يُقدَّم إلى جانب الموقع الرئيسي. يغيّره الأمر gatelet origins.
origins-none = الموقع الرئيسي وحده.
origins-more = مواقع أخرى
origin-preview = معاينة
origin-parent = ينطلق من
origin-branch = الفرع
origin-expires = يُقدَّم حتى

# Users.

users-none = لا أحد.
users-more = مستخدمون آخرون
user-off = معطَّل
user-groups = المجموعات
user-sessions =
    { $count ->
        [zero] { $count } جلسة
        [one] جلسة واحدة
        [two] جلستان
        [few] { $count } جلسات
        [many] { $count } جلسة
       *[other] { $count } جلسة
    }
user-switch-off = تعطيل
user-switch-on = تفعيل

# Sessions.

sessions-none = لا أحد سجّل الدخول.
sessions-more = جلسات أخرى
session-until = حتى

# What was done.

audit-older = الأقدم
