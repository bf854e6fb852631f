"""How the demo's storefronts present themselves, as data. Nobody's numbers and accounts: the IBANs are of
a bank that isn't, the hosts end in `.example`, the landlines and mobiles are of the plan's quiet corners.
"""

from typing import Any

_WEEK = ("sun", "mon", "tue", "wed", "thu")


def _hours(*intervals: tuple[str, str], days: tuple[str, ...] = _WEEK) -> dict[str, Any]:
    return {day: [list(interval) for interval in intervals] for day in days}


#: Slug of the tenant → its settings, by name.
STOREFRONTS: dict[str, dict[str, Any]] = {
    "oud-house": {
        "announcement_ar": "نغلّف هداياكم بلا مقابل، اذكروا ذلك في ملاحظات الطلب",
        "announcement_en": "We wrap gifts at no charge: say so in the note of your order",
        "whatsapp": "+96550000011",
        "address_ar": "المباركية، سوق العطور، محل ٠٠",
        "address_en": "Mubarakiya, perfume market, shop 00",
        "map_url": "https://maps.example/oud-house",
        "opening_hours": {
            **_hours(("09:00", "13:00"), ("16:30", "21:30"), days=(*_WEEK, "sat")),
            "fri": [["16:30", "22:00"]],
        },
        "social": {
            "instagram": "https://www.instagram.com/oud.house.example",
            "snapchat": "https://www.snapchat.com/add/oud-house-example",
        },
        "iban": "KW89SOUQ0000000000000000000101",
        "bank_name": "Souqna Example Bank",
        "account_holder": "Oud House (example)",
        "wamd": "+96550000011",
        "payment_note_ar": "نؤكد الطلب قبل الدفع.",
        "payment_note_en": "We confirm the order before you pay.",
        "licence_number": "EXAMPLE-2026-101",
    },
    "ghaith": {
        "announcement_ar": "اكتمل حفر بئرنا الثالثة هذا العام، شكرًا لكم",
        "announcement_en": "Our third well this year is dug: thank you",
        "whatsapp": "+96550000022",
        "address_ar": "حولي، شارع المثال، مبنى ٠٠",
        "address_en": "Hawalli, Example Street, building 00",
        "map_url": "https://maps.example/ghaith",
        "opening_hours": _hours(("08:00", "14:00")),
        "social": {
            "instagram": "https://www.instagram.com/ghaith.example",
            "x": "https://x.com/ghaith_example",
            "youtube": "https://www.youtube.com/@ghaith-example",
        },
        "takes_cash": False,
        "iban": "KW78SOUQ0000000000000000000202",
        "bank_name": "Souqna Example Bank",
        "account_holder": "Ghaith Charity (example)",
        "payment_note_ar": "يُرجى كتابة رقم التبرع في ملاحظة التحويل.",
        "payment_note_en": "Please write the number of your donation in the transfer's note.",
        "licence_number": "EXAMPLE-CHARITY-202",
    },
    "green-school": {
        "announcement_ar": "نبحث عن متطوعين يوم السبت القادم",
        "announcement_en": "We are looking for volunteers next Saturday",
        "whatsapp": "+96550000033",
        "address_ar": "السالمية، مدرسة المثال",
        "address_en": "Salmiya, Example School",
        "map_url": "https://maps.example/green-school",
        "opening_hours": _hours(("15:00", "18:00"), days=("sat", "mon", "wed")),
        "social": {"instagram": "https://www.instagram.com/green.school.example"},
        "iban": "KW67SOUQ0000000000000000000303",
        "bank_name": "Souqna Example Bank",
        "account_holder": "Green School (example)",
        "wamd": "+96550000033",
        "payment_note_ar": "كل دينار يشتري تربة وبذورًا.",
        "payment_note_en": "Every dinar buys soil and seeds.",
        "licence_number": "EXAMPLE-PROJECT-303",
    },
}
