"""The shelves of the demo's shop."""

from storefront.domain.seeds.items import SeedCategory, SeedItem, SeedVariant

CATEGORIES = (
    SeedCategory("oils", "الدهون والعطور", "Oils and perfumes"),
    SeedCategory("incense", "العود والبخور", "Oud and incense"),
    SeedCategory("burners", "المباخر", "Burners"),
    SeedCategory("gifts", "الهدايا", "Gifts"),
)

ITEMS = (
    SeedItem(
        slug="oud-oil",
        categories=("oils",),
        is_featured=True,
        kind="product",
        name_ar="دهن عود هندي",
        name_en="Indian oud oil",
        price="12.500",
        stock=100,
        max_quantity=10,
        description_ar="دهن عود من غابات آسام، مقطّر على مهل ومعتّق سنتين في زجاج داكن. افتتاحه دافئ"
        " قريب من الجلد والتوابل، ثم يهدأ إلى خشب ناعم يبقى على الثوب إلى اليوم التالي.\n\n"
        "ربع تولة (3 مل) في قارورة بمِرود زجاجي. قطرة واحدة خلف الأذن تكفي.",
        description_en="Oud oil from the forests of Assam, distilled slowly and aged for two years in"
        " dark glass. It opens warm, close to leather and spice, and settles into a soft wood that"
        " stays on cloth until the next day.\n\n"
        "A quarter tola (3 ml) in a bottle with a glass dipper. One drop behind the ear is enough.",
        alt_ar="قارورة زجاجية داكنة من دهن العود بغطاء ذهبي",
        alt_en="A dark glass bottle of oud oil with a golden stopper",
    ),
    SeedItem(
        slug="maamoul-bukhoor",
        categories=("incense",),
        is_featured=True,
        kind="product",
        name_ar="بخور معمول",
        name_en="Maamoul bukhoor",
        price="6.750",
        stock=48,
        max_quantity=12,
        description_ar="أقراص بخور نعجنها في المحل من مسحوق العود والعنبر والمسك وقليل من السكر."
        " يكفي قرص واحد لمجلس واسع، ورائحته حلوة لا تثقل على الضيوف.\n\n"
        "علبة فيها 24 قرصًا.",
        description_en="Rounds of incense that we knead in the shop from oud powder, ambergris, musk and"
        " a little sugar. One fills a large room, and its sweetness doesn't weigh on guests.\n\n"
        "A tin of 24.",
        alt_ar="وعاء فيه أقراص بخور معمول",
        alt_en="A bowl of round bukhoor tablets",
    ),
    SeedItem(
        slug="cambodian-oud",
        categories=("incense",),
        kind="product",
        name_ar="كسر عود كمبودي",
        name_en="Cambodian oud chips",
        price="18.000",
        stock=25,
        max_quantity=5,
        description_ar="كسر عود طبيعي دون تحسين ولا طلاء، نختاره قطعة قطعة. دخانه أزرق خفيف وفيه شيء"
        " من العسل والفاكهة المجففة.\n\n"
        "وقية (28 غرامًا) في علبة خشب تحفظ رطوبته.",
        description_en="Natural chips, neither soaked nor coated, chosen piece by piece. The smoke is"
        " light and blue, with something of honey and dried fruit.\n\n"
        "One ounce (28 g) in a wooden box that keeps it from drying out.",
        alt_ar="قطع من خشب العود بعضها فوق بعض",
        alt_en="Chips of oud wood in a small heap",
    ),
    SeedItem(
        slug="brass-mabkhara",
        categories=("burners", "gifts"),
        is_featured=True,
        kind="product",
        name_ar="مبخرة نحاس بنقش نجدي",
        name_en="Brass incense burner, Najdi pattern",
        price="14.900",
        stock=12,
        max_quantity=4,
        description_ar="مبخرة من نحاس مطروق باليد، نقشها من أبواب نجد القديمة. قاعدتها خشب فلا تسخن"
        " على الطاولة، وصحنها يُرفع للتنظيف.\n\n"
        "الارتفاع 18 سم.",
        description_en="A burner of hand-beaten brass with a pattern from the old doors of Najd. The foot"
        " is wood, so tables stay cool, and the bowl lifts out for cleaning.\n\n"
        "18 cm high.",
        alt_ar="مبخرة نحاسية يصعد منها دخان خفيف",
        alt_en="A brass incense burner with a thin thread of smoke",
    ),
    SeedItem(
        slug="electric-mabkhara",
        categories=("burners",),
        kind="product",
        name_ar="مبخرة كهربائية للسيارة والمكتب",
        name_en="Electric burner for car and desk",
        price="9.250",
        stock=3,
        max_quantity=3,
        description_ar="مبخرة صغيرة تُشحن بمنفذ يو إس بي، تسخن في دقيقة وتنطفئ وحدها بعد عشر دقائق."
        " لا فحم ولا رماد.",
        description_en="A small burner that charges over USB, is hot within a minute and switches itself"
        " off after ten. No coal, no ashes.",
        alt_ar="مبخرة كهربائية صغيرة بلون الفحم",
        alt_en="A small charcoal-coloured electric burner",
    ),
    SeedItem(
        slug="white-musk",
        categories=("oils",),
        kind="product",
        name_ar="مسك أبيض",
        name_en="White musk",
        price="4.500",
        stock=64,
        max_quantity=20,
        description_ar="مسك نظيف هادئ بقوام كريمي، يُستعمل بعد الاستحمام وعلى الثياب. من أكثر ما يعود"
        " الناس لشرائه من عندنا.\n\n"
        "علبة 25 غرامًا.",
        description_en="A clean, quiet musk with the texture of cream, for after the bath and on clothes."
        " What most people come back for.\n\n"
        "A 25 g jar.",
        alt_ar="علبة بيضاء مفتوحة فيها مسك أبيض",
        alt_en="An open white jar of musk",
    ),
    SeedItem(
        slug="taif-rose",
        categories=("oils",),
        variants=(
            SeedVariant("ربع تولة", "Quarter tola", "32.000", 0),
            SeedVariant("نصف تولة", "Half tola", "60.000", 0),
        ),
        kind="product",
        name_ar="دهن ورد طائفي",
        name_en="Taif rose oil",
        price="32.000",
        stock=0,
        max_quantity=2,
        description_ar="من قطاف الربيع في جبال الطائف: نحو عشرة آلاف وردة للتولة الواحدة. كميتنا قليلة"
        " كل عام، والقطاف القادم في أبريل.",
        description_en="From the spring harvest in the mountains of Taif: about ten thousand roses to the"
        " tola. We get little of it each year; the next harvest is in April.",
        alt_ar="قارورة دهن ورد وبجانبها وردة طائفية",
        alt_en="A bottle of rose oil beside a Taif rose",
    ),
    SeedItem(
        slug="sandalwood-oil",
        categories=("oils",),
        picture="oud-oil",
        variants=(
            SeedVariant("3 مل", "3 ml", "8.000", 20),
            SeedVariant("6 مل", "6 ml", "15.000", 12),
            SeedVariant("12 مل", "12 ml", "28.000", 0),
        ),
        kind="product",
        name_ar="دهن صندل ميسوري",
        name_en="Mysore sandalwood oil",
        price="8.000",
        stock=32,
        max_quantity=6,
        description_ar="صندل هندي ناعم كالحليب، نعتّقه سنة قبل أن نعبئه. يليق بالصباح وبمن لا يحب العود"
        " الثقيل.",
        description_en="Indian sandalwood, soft as milk, aged for a year before we bottle it. For the"
        " morning, and for those who find oud too heavy.",
        alt_ar="قارورة زجاجية داكنة بغطاء ذهبي",
        alt_en="A dark glass bottle with a golden stopper",
    ),
    SeedItem(
        slug="gift-box",
        categories=("gifts",),
        kind="product",
        name_ar="صندوق هدية «بيت العود»",
        name_en="Oud House gift box",
        price="27.500",
        stock=18,
        max_quantity=6,
        description_ar="صندوق خشب فيه دهن عود وبخور معمول ومسك أبيض، ومعه بطاقة نكتب عليها ما تريد."
        " يُرجى كتابة نص الإهداء في ملاحظات الطلب.",
        description_en="A wooden box with oud oil, maamoul bukhoor and white musk, and a card that we"
        " write for you. Please put the words for it into the note of your order.",
        alt_ar="صندوق هدية مربوط بشريط",
        alt_en="A gift box tied with a ribbon",
    ),
    SeedItem(
        slug="majlis-evening",
        kind="service",
        name_ar="تبخير مجلس المناسبات",
        name_en="Incense for an evening gathering",
        price="45.000",
        max_quantity=2,
        description_ar="نأتي قبل ضيوفك بساعة ومعنا المباخر والعود والفحم، ونبخّر المجلس والمداخل طوال"
        " الأمسية (أربع ساعات)، ثم نأخذ كل شيء معنا.",
        description_en="We come an hour before your guests with burners, oud and coal, scent the rooms"
        " and the doors for the whole evening (four hours), and take everything away again.",
        alt_ar="مجلس فيه فانوس ومبخرة في المساء",
        alt_en="A lantern and a burner in an evening majlis",
    ),
    SeedItem(
        slug="private-blend",
        kind="service",
        name_ar="خلطة عطر خاصة بك",
        name_en="A blend of your own",
        description_ar="جلسة في المحل مع خبير الخلطات: تشم وتختار، ونركّب لك عطرًا باسمك نحفظ وصفته."
        " السعر بحسب ما تختاره من الدهون، لذلك يُرجى التواصل معنا أولًا.",
        description_en="An hour in the shop with our blender: you smell and choose, we compose a perfume"
        " under your name and keep its recipe. The price depends on the oils, so please talk to us"
        " first.",
        alt_ar="قوارير خلط وقطّارة على طاولة",
        alt_en="Blending bottles and a dropper on a table",
    ),
    SeedItem(
        slug="winter-box",
        categories=("gifts",),
        picture="gift-box",
        shown_in_days=14,
        kind="product",
        name_ar="صندوق ليالي الشتاء",
        name_en="Winter nights box",
        price="19.500",
        stock=30,
        max_quantity=6,
        description_ar="دهن عود وبخور معمول ومبخرة صغيرة في صندوق واحد، لليالي المخيمات.",
        description_en="Oud oil, maamoul bukhoor and a small burner in one box, for nights in the camps.",
        alt_ar="صندوق هدايا مربوط بشريط",
        alt_en="A gift box tied with a ribbon",
    ),
    SeedItem(
        slug="ramadan-set",
        categories=("gifts", "incense"),
        kind="product",
        name_ar="مجموعة رمضان",
        name_en="Ramadan set",
        price="21.000",
        stock=40,
        max_quantity=8,
        status="draft",
        description_ar="مبخرة صغيرة وبخور يكفي ليالي الشهر كلها. تُعرض قبل رمضان بأسبوعين.",
        description_en="A small burner and bukhoor enough for every night of the month. On the shelves"
        " two weeks before Ramadan.",
        alt_ar="هلال وفانوس رمضان",
        alt_en="A crescent and a Ramadan lantern",
    ),
)
