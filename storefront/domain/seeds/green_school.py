"""What the demo's school project sells, and what it collects for."""

from storefront.domain.seeds.items import SeedCategory, SeedItem

CATEGORIES = (
    SeedCategory("shop", "متجر المدرسة", "School shop"),
    SeedCategory("garden", "الحديقة", "The garden"),
)

ITEMS = (
    SeedItem(
        slug="classroom-kit",
        categories=("garden",),
        is_featured=True,
        ends_in_days=90,
        kind="project",
        name_ar="عدة الصف الأخضر",
        name_en="Green classroom kit",
        goal="900.000",
        description_ar="أربعة أحواض زراعة وتربة وبذور وأدوات بحجم أيدي الأطفال ودليل للمعلمة، لصف من"
        " ثلاثين طالبًا. نركّبها معهم في يوم واحد.",
        description_en="Four planting beds, soil, seeds, tools that fit children's hands and a guide for"
        " the teacher, for a class of thirty. We set it up with them in one day.",
        alt_ar="صندوق زراعة فيه شتلات وبجانبه أدوات",
        alt_en="A planting box with seedlings and small tools",
    ),
    SeedItem(
        slug="tote-bag",
        categories=("shop",),
        is_featured=True,
        kind="product",
        name_ar="حقيبة قماش",
        name_en="Tote bag",
        price="3.250",
        stock=80,
        max_quantity=20,
        description_ar="قطن متين بلون طبيعي، عليه ورقة رسمتها طالبات الصف الرابع. تحمل كتب أسبوع كامل"
        " أو خضار السوق.",
        description_en="Strong undyed cotton with a leaf drawn by the girls of class four. Carries a"
        " week's books or the market's vegetables.",
        alt_ar="حقيبة قماش عليها رسم ورقة خضراء",
        alt_en="A cotton bag with a green leaf printed on it",
    ),
    SeedItem(
        slug="seed-box",
        categories=("shop", "garden"),
        kind="product",
        name_ar="علبة بذور الموسم",
        name_en="Seeds of the season",
        price="2.500",
        stock=120,
        max_quantity=30,
        description_ar="ستة أنواع تنبت في الكويت من أكتوبر إلى مارس: جرجير وفجل وطماطم كرزية ونعناع"
        " وبقدونس ودوار الشمس. على كل ظرف موعد الزراعة وعمقها.",
        description_en="Six kinds that grow in Kuwait from October to March: rocket, radish, cherry"
        " tomato, mint, parsley and sunflower. Each packet says when and how deep.",
        alt_ar="ظروف بذور ملونة",
        alt_en="Colourful packets of seeds",
    ),
    SeedItem(
        slug="herb-pot",
        categories=("shop", "garden"),
        kind="product",
        name_ar="أصيص أعشاب للنافذة",
        name_en="Herb pot for the window",
        price="5.750",
        stock=4,
        max_quantity=4,
        description_ar="أصيص فخار فيه ريحان أو نعناع زرعه الطلاب بأنفسهم. يحتاج شمس الصباح وكوب ماء كل"
        " يومين.",
        description_en="A clay pot with basil or mint that the pupils planted themselves. It wants"
        " morning sun and a cup of water every other day.",
        alt_ar="أصيص فخار فيه ريحان",
        alt_en="A clay pot of basil",
    ),
    SeedItem(
        slug="garden-workshop",
        categories=("garden",),
        kind="service",
        name_ar="ورشة زراعة لصف واحد",
        name_en="Gardening workshop for a class",
        price="35.000",
        max_quantity=3,
        description_ar="ساعتان في المدرسة مع مهندسة زراعية: تربة وبذور وسماد من بقايا الفطور. يأخذ كل"
        " طالب شتلته إلى البيت.",
        description_en="Two hours at the school with an agronomist: soil, seeds, and compost from the"
        " leftovers of breakfast. Every pupil takes a seedling home.",
        alt_ar="مرشّ ماء وشتلة",
        alt_en="A watering can and a seedling",
    ),
    SeedItem(
        slug="shade-roof",
        categories=("garden",),
        ends_in_days=150,
        kind="project",
        name_ar="مظلة لحديقة المدرسة",
        name_en="A shade for the school garden",
        goal="2200.000",
        description_ar="مظلة قماشية من ستة أعمدة تقي الأحواض والأطفال شمس الظهيرة، فتعيش الحديقة إلى"
        " نهاية العام الدراسي.",
        description_en="A cloth shade on six posts that keeps the noon sun from beds and children, so"
        " that the garden lives to the end of the school year.",
        alt_ar="مظلة قماشية فوق أحواض خضراء",
        alt_en="A cloth shade above green beds",
    ),
)
