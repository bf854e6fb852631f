"""The demo's tenants and people, as data. Imports nothing of Django: start-up scripts read it too."""

from dataclasses import dataclass, field

DEMO_PASSWORD = "souqna-demo-2026"  # noqa: S105 (shown in the demo's own table)


@dataclass(frozen=True, slots=True)
class DemoTenant:
    """A tenant of the demo, with the words of its storefront."""

    slug: str
    kind: str
    name_ar: str
    name_en: str
    tagline_ar: str
    tagline_en: str
    about_ar: str
    about_en: str
    accent: str
    phone: str


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A person of the demo: slug → role, or a super admin."""

    email: str
    name: str
    roles: dict[str, str] = field(default_factory=dict)
    is_superuser: bool = False
    totp_secret: str | None = None


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """A plan; the price is KWD a month."""

    code: str
    name_ar: str
    name_en: str
    monthly_price: str
    max_items: int | None


DEMO_PLANS = (
    DemoPlan("starter", "البداية", "Starter", "0.000", 30),
    DemoPlan("growth", "النمو", "Growth", "9.000", 500),
    DemoPlan("unlimited", "بلا حدود", "Unlimited", "29.000", None),
)

#: The plan that a demo tenant of this kind is on.
PLAN_OF_KIND = {"shop": "growth", "charity": "starter", "project": "starter"}

DEMO_TENANTS = (
    DemoTenant(
        slug="oud-house",
        kind="shop",
        name_ar="بيت العود",
        name_en="Oud House",
        tagline_ar="عود ودهن وبخور، نختارها كما نختارها لبيوتنا",
        tagline_en="Oud, oils and incense, chosen as we choose them for our own homes",
        about_ar="محل عائلي في المباركية منذ سنوات. نشتري الخشب والدهن من أصحابه، ونجرّب كل دفعة قبل"
        " أن نعرضها، ونكتب عليها مصدرها.",
        about_en="A family shop in Mubarakiya. We buy wood and oil from those who make them, try"
        " every batch before we offer it, and write on it where it comes from.",
        accent="#7a4a1e",
        phone="+96522445071",
    ),
    DemoTenant(
        slug="ghaith",
        kind="charity",
        name_ar="غيث الخيرية",
        name_en="Ghaith Charity",
        tagline_ar="ماء نظيف لمن يمشي إليه ساعات",
        tagline_en="Clean water for those who walk hours to reach it",
        about_ar="نحفر الآبار ونصونها مع أهل القرى أنفسهم. لكل مشروع هدف معلن، ونعرض ما وصل وما أُنفق"
        " أولاً بأول.",
        about_en="We dig wells and keep them running together with the villages themselves. Every"
        " project has a stated goal, and we show what came in and what was spent as it happens.",
        accent="#0b6e8a",
        phone="+96522098140",
    ),
    DemoTenant(
        slug="green-school",
        kind="project",
        name_ar="المدرسة الخضراء",
        name_en="Green School",
        tagline_ar="صفوف يزرع فيها الأطفال ما يتعلمونه",
        tagline_en="Classrooms where children grow what they learn",
        about_ar="مشروع تطوعي يزوّد المدارس بأحواض زراعة وأدوات بسيطة، مع معلمات يعرفن كيف تتحول"
        " الحصة إلى حديقة.",
        about_en="A volunteer project that gives schools planting beds and simple tools, with teachers"
        " who know how to turn a lesson into a garden.",
        accent="#2f7d3b",
        phone="+96524813360",
    ),
)

DEMO_ACCOUNTS = (
    *(
        DemoAccount(
            email=f"{role}@{tenant.slug}.example",
            name=f"{tenant.name_en} {role}",
            roles={tenant.slug: role},
        )
        for tenant in DEMO_TENANTS
        for role in ("owner", "admin", "staff")
    ),
    DemoAccount(
        email="both@souqna.example",
        name="Noura Al-Mutairi",
        roles={"oud-house": "staff", "ghaith": "admin"},
    ),
    DemoAccount(
        email="super@souqna.example",
        name="Platform admin",
        is_superuser=True,
        totp_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",  # noqa: S106 (shown in the demo's own table)
    ),
)
