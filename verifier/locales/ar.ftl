page-language = العربية
page-title = فحص البطاقة
page-ready = امسح بطاقة
page-ready-how = ضع رمز البطاقة أمام الماسح. يمكنك أيضًا لصق نص الرمز أو اختيار صورة.
page-code = نص الرمز
page-check = افحص
page-picture = اختر صورة
page-desk = المكتب
page-any-desk = أي مكتب
page-languages = اللغة
page-face = هل يطابق الوجه؟
page-return = أعد البطاقة. لا يحق لأحد الاحتفاظ بها.
page-hotline = خط المساعدة
page-scope = ما تفتحه البطاقة هنا
page-done = تم
page-working = جارٍ الفحص
page-lost = برنامج الفحص على هذا الحاسوب لا يجيب. شغّله من جديد ثم امسح مرة أخرى.
page-not-a-picture = تعذرت قراءة هذه الصورة. اختر صورة PNG أو JPEG أو WebP لا تزيد على 10 ميغابايت.
page-no-city = لا مدينة موثوقة هنا بعد
page-root = مفتاح المدينة
page-camera-on = استخدم الكاميرا
page-camera-off = أوقف الكاميرا
page-camera-pick = الكاميرا
page-camera-how = ضع رمز البطاقة أمام الكاميرا. المس الصورة لضبط التركيز.
page-torch = الضوء
page-camera-none = لم يُعثر على كاميرا. استخدم ماسحًا أو الصق نص الرمز أو اختر صورة.
page-camera-refused = رُفض استخدام الكاميرا. اسمح بها لهذه الصفحة في إعدادات المتصفح ثم اضغط «استخدم الكاميرا».
page-camera-busy = لا تعمل الكاميرا. قد يكون برنامج آخر يستخدمها.
page-camera-insecure = لا يعطي المتصفح الكاميرا إلا لصفحة مفتوحة عبر https أو على هذا الحاسوب نفسه.
page-blocked = لا يشغّل هذا المتصفح جزء الصفحة الذي يفحص البطاقات (WebAssembly). افتح الصفحة في متصفح آخر أو اسمح به في إعدادات هذا المتصفح.
page-manage = قوائم المدينة
page-close = إغلاق
page-first = لفحص البطاقات يحتاج هذا الجهاز مرة واحدة إلى قوائم المدينة. تقدمها المدينة ملفًا أو في عنوان أو رموزًا على شاشة.
page-from-file = اختر الملف
page-from-url = عنوان القوائم
page-load = حمّل
page-from-camera = اقرأ رموزًا من شاشة
page-parts = الأجزاء المقروءة:
page-compare = قارن هذه بالبصمة التي تنشرها المدينة. لا تثق بها إلا إذا تطابقتا.
page-trust = متطابقتان: ثق بهذه المدينة
page-cancel = إلغاء
page-taken = حُمّلت القوائم.
page-refused-not-a-bundle = هذه ليست قوائم مدينة. لم يتغير شيء.
page-refused-other-city = هذه القوائم ليست للمدينة الموثوقة هنا. لم يتغير شيء.
page-refused-older = هذه القوائم أقدم من الموجودة هنا. لم يتغير شيء.
page-refused-damaged = هذه القوائم تالفة أو غُيّرت في الطريق. حمّلها من جديد.
page-refused-storage = لا مكان على هذا الجهاز لحفظ القوائم. أفرغ بعض المساحة ثم حمّلها من جديد.
page-refused-network = العنوان لا يجيب. تبقى القوائم الموجودة هنا قيد الاستخدام.
page-updates-from = تأتي القوائم الأحدث من
page-updates-asked = آخر سؤال
page-renewed = هنا إصدار أحدث من هذه الصفحة. يُستخدم ابتداءً من التشغيل التالي.
page-load-trust = حمّل قوائم المدينة على هذا الجهاز ثم امسح مرة أخرى.
page-set-clock = اضبط الساعة: في إعدادات هذا الجهاز، ضمن «التاريخ والوقت»، اختر «الضبط التلقائي». ثم امسح مرة أخرى.

title-valid = صالحة
title-valid_stale = صالحة، لكن القوائم قديمة
title-not_valid = غير صالحة
title-cannot_tell = لا يمكن الجزم

why-valid = البطاقة سليمة.
why-valid_stale = البطاقة سليمة بحسب القوائم هنا، لكنها قديمة.
why-expired = البطاقة أصلية، لكن مدتها انتهت.
why-not_yet_valid = البطاقة أصلية، لكن مدتها لم تبدأ بعد.
why-revoked = أُلغيت البطاقة.
why-suspended = البطاقة موقوفة في الوقت الحالي.
why-bad_signature = لم توقّع المدينة هذا: إنه مزوّر أو معدّل.
why-key_compromised = وُقّعت البطاقة بمفتاح مسروق.
why-service_not_granted = البطاقة أصلية، لكنها لا تفتح هذه الخدمة.
why-unreadable = تعذرت قراءة الرمز.
why-not_a_card = هذا الرمز ليس لبطاقة مدينة.
why-unknown_issuer = جهة إصدار البطاقة ليست في القائمة هنا.
why-unknown_key = مفتاح البطاقة ليس في القائمة هنا.
why-no_trust_list = لا يعرف هذا البرنامج بعد بمن يثق.
why-status_unknown = لا يُعرف هنا هل أُلغيت البطاقة.
why-clock_behind = ساعة هذا الجهاز متأخرة.
why-keyboard = يكتب الماسح بلوحة مفاتيح غير لوحة هذا الحاسوب.

do-serve = اخدم حامل البطاقة.
do-serve-and-refresh = اخدم حامل البطاقة، وحمّل قوائم المدينة الحالية قريبًا.
do-send-to-renew = أخبر حاملها أين يجددها. أعد البطاقة.
do-call-hotline = لا تقبل البطاقة لهذه الخدمة. أعدها، وللأسئلة اتصل بخط المساعدة.
do-explain-scope = اشرح ما تفتحه البطاقة. أعدها.
do-scan-again = امسح مرة أخرى: بثبات، أو بضوء أكثر، أو الرمز الآخر.
do-scan-the-card = امسح أحد الرمزين على البطاقة.
do-refresh-lists = هذا لا يعني شيئًا ضد حاملها. حمّل قوائم المدينة الحالية ثم امسح مرة أخرى.
do-load-trust = حمّل قوائم المدينة على هذا الحاسوب: ‪verifier trust --bundle FILE‬
do-set-clock = اضبط ساعة هذا الجهاز ثم امسح مرة أخرى.
do-keyboard = اضبط الماسح على لوحة المفاتيح الأمريكية: امسح في دليله الرمز «Keyboard: US» أو «English (US)»، ثم امسح البطاقة مرة أخرى.

field-number = رقم البطاقة
field-full_name = الاسم
field-second_name = الاسم بخطه
field-birth_date = الميلاد
field-gender = الجنس
field-address = العنوان
field-guardian = ولي الأمر
field-services = تفتح
field-expires = صالحة حتى
field-issuer = أصدرتها

gender-M = ذكر
gender-F = أنثى
gender-X = آخر

lists-none = لا قوائم هنا بعد
lists-minutes = عمر القوائم: { $count } دقيقة
lists-hours = عمر القوائم: { $count } ساعة
lists-days = عمر القوائم: { $count ->
    [one] يوم واحد
    [two] يومان
    [few] { $count } أيام
    [many] { $count } يومًا
   *[other] { $count } يوم
}

loop-title = قوائم المدينة
loop-how = وجّه كاميرا الجهاز الآخر نحو هذا الرمز حتى تكتمل لديه كل الأجزاء.
loop-part = الجزء
loop-pause = إيقاف مؤقت
loop-slower = أبطأ
loop-faster = أسرع
