"""The projects of the demo's charity."""

from storefront.domain.seeds.items import SeedCategory, SeedItem

CATEGORIES = (
    SeedCategory("water", "سقيا الماء", "Water"),
    SeedCategory("families", "الأسر والأيتام", "Families and orphans"),
    SeedCategory("seasons", "مشاريع المواسم", "Projects of the season"),
)

ITEMS = (
    SeedItem(
        slug="water-well",
        categories=("water",),
        is_featured=True,
        ends_in_days=120,
        kind="project",
        name_ar="بئر ماء لقرية",
        name_en="A well for a village",
        goal="1500.000",
        description_ar="بئر محفورة بعمق أربعين مترًا مع مضخة يدوية وحوض، تسقي نحو ستين أسرة في قرية"
        " أقرب ماء إليها على بعد ساعتين مشيًا.\n\n"
        "ننشر صور الحفر والضخ الأول، ونزور البئر بعد ستة أشهر وبعد سنة.",
        description_en="A well forty metres deep with a hand pump and a trough, for about sixty families"
        " in a village where the nearest water is two hours' walk away.\n\n"
        "We publish pictures of the drilling and of the first water, and visit the well after six"
        " months and after a year.",
        alt_ar="بئر ماء بسقف خشبي ودلو",
        alt_en="A village well with a wooden roof and a bucket",
    ),
    SeedItem(
        slug="water-tank",
        categories=("water",),
        ends_in_days=75,
        kind="project",
        name_ar="خزان ماء لمدرسة",
        name_en="A water tank for a school",
        goal="850.000",
        description_ar="خزان سعته خمسة آلاف لتر على برج حديدي، مع ستة صنابير على ارتفاع الأطفال، لمدرسة"
        " فيها 240 طالبًا وطالبة.",
        description_en="A tank of five thousand litres on a steel tower, with six taps at the height of"
        " children, for a school of 240 girls and boys.",
        alt_ar="خزان ماء على برج فوق ساحة",
        alt_en="A water tank on a tower",
    ),
    SeedItem(
        slug="food-baskets",
        categories=("families", "seasons"),
        is_featured=True,
        ends_in_days=30,
        kind="project",
        name_ar="سلال غذائية للأسر المتعففة",
        name_en="Food baskets for families in need",
        goal="3000.000",
        description_ar="تكفي السلة أسرة من ستة أفراد شهرًا: أرز وطحين وزيت وعدس وتمر وحليب. ثمن السلة"
        " عشرون دينارًا، ويوزعها متطوعون يعرفون بيوت الحي.",
        description_en="One basket feeds a family of six for a month: rice, flour, oil, lentils, dates"
        " and milk. It costs twenty dinars and is brought by volunteers who know the neighbourhood's"
        " houses.",
        alt_ar="سلة فيها خبز وطحين وزيت وخضار",
        alt_en="A basket with bread, flour, oil and vegetables",
    ),
    SeedItem(
        slug="orphan-care",
        categories=("families",),
        kind="project",
        name_ar="كفالة يتيم",
        name_en="Caring for an orphan",
        goal="2400.000",
        description_ar="طعام وتعليم وعلاج وكسوة العيد لعشرين طفلًا فقدوا آباءهم. يصل المتبرع تقرير كل"
        " ثلاثة أشهر، دون صور تكشف الأطفال.",
        description_en="Food, schooling, medicine and clothes for Eid for twenty children who lost their"
        " fathers. Donors get a report every three months, without pictures that would expose the"
        " children.",
        alt_ar="حقيبة مدرسية صغيرة ودمية",
        alt_en="A small school bag and a toy bear",
    ),
    SeedItem(
        slug="winter-warmth",
        categories=("seasons",),
        ends_in_days=60,
        kind="project",
        name_ar="دفء الشتاء",
        name_en="Warmth for the winter",
        goal="1800.000",
        description_ar="بطانيتان ومدفأة ووقود شهرين لكل خيمة، قبل أن تنزل الحرارة عن الصفر في مخيمات"
        " الجبل. نبدأ التوزيع في أول ديسمبر.",
        description_en="Two blankets, a stove and fuel for two months for each tent, before the nights in"
        " the mountain camps fall below zero. We start bringing them in early December.",
        alt_ar="بطانيات مطوية فوقها كوب شاي ساخن",
        alt_en="A stack of folded blankets with a hot cup on top",
    ),
)
