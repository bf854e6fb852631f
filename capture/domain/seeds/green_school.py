"""Orders that the demo's school project has had."""

from capture.domain.seeds.orders import SeedOrder, SeedStep

ORDERS = (
    SeedOrder(
        days=6,
        clock="12:20",
        name="أسماء الفضلي",
        phone="+96599417702",
        email="asma@mail.example",
        link="utm_source=whatsapp&utm_campaign=parents",
        lines=(("tote-bag", 2), ("seed-box", 3)),
        steps=(SeedStep("confirmed", 45), SeedStep("fulfilled", 2880)),
    ),
    SeedOrder(
        days=4,
        clock="08:55",
        name="مدرسة المنارة الابتدائية",
        phone="+96522414500",
        link="utm_source=letter&utm_medium=email&utm_campaign=schools",
        lines=(("garden-workshop", 1),),
        note="الصف الرابع، 28 طالبة، ويفضّل يوم الثلاثاء.",
        steps=(SeedStep("confirmed", 130),),
    ),
    SeedOrder(
        days=3,
        clock="16:02",
        name="Omar Haddad",
        phone="+96565001198",
        language="en",
        lines=(("herb-pot", 1),),
        steps=(SeedStep("cancelled", 55, "Ordered twice by mistake."),),
    ),
    SeedOrder(
        days=1,
        clock="18:11",
        name="ريم البلوشي",
        phone="+96550982246",
        referrer="https://www.instagram.com/",
        lines=(("tote-bag", 1), ("herb-pot", 1)),
        steps=(SeedStep("confirmed", 28),),
    ),
    SeedOrder(
        days=0,
        clock="00:50",
        name="Sara Al-Enezi",
        phone="+96566340917",
        language="en",
        email="sara@mail.example",
        link="utm_source=poster&utm_medium=qr&utm_campaign=gate",
        lines=(("seed-box", 5),),
    ),
)
