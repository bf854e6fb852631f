"""What is promised of storefront, catalog and media, asked over HTTP of a demo that runs: of a shop of
its own, so that those of the demo stay as they are.
"""

import subprocess
import sys
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.flows.conftest import ROOT, until
from tests.flows.test_contract import APP, is_problem
from tests.flows.test_identity_contract import PASSWORD, Program
from tests.storefront.uploads import drawn

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.timeout(180)]
SUMMARY = {"id", "slug", "kind", "name", "price", "currency", "available", "image", "url"}
DETAIL = SUMMARY | {"description", "images", "variants", "goal"}
RENDITION = {"url", "width", "height", "content_type"}


class Shop:
    """A new shop: its owner's program, and a visitor of it."""

    def __init__(self, demo):
        self.demo, self.slug = demo, f"promised-{uuid4().hex[:8]}"
        self.owner, self.visitor = Program(demo), demo.person()
        self.owner.sign_up()
        self.owner.log_in()
        names = {"name_ar": "متجر", "name_en": "Promised", "slug": self.slug, "kind": "shop"}
        opened = self.owner.post("tenants/", names)
        assert opened.status == 201, opened.text

    @property
    def host(self):
        return f"{self.slug}.localhost"

    def staff(self, method, path, body=None):
        return self.owner.ask(method, f"/{self.slug}/api/v1/{path}", body)

    def get(self, path, language="en"):
        return self.visitor.get(self.host, path, headers={"Accept-Language": language})

    def shown(self, path, language="en"):
        answer = self.get(f"/api/v1/{path}", language)
        assert answer.status == 200, answer.text
        return answer.json()

    def put(self, slug, **fields):
        """A published item, as the staff's API shows it."""
        body = {
            "kind": "product", "slug": slug, "name_ar": "دهن", "name_en": "Oil", "price": "4.750",
            "status": "published", "stock": 3, **fields,
        }  # fmt: skip
        made = self.staff("POST", "items/", body)
        assert made.status == 201, made.text
        return made.json()

    def upload(self, content, content_type="image/jpeg"):
        """A file on its whole way; what becomes of it."""
        file = {"filename": "a.jpg", "content_type": content_type, "size": len(content)}
        announced = self.staff("POST", "media/", file)
        assert announced.status == 201, announced.text
        assert set(announced.json()) >= {"id", "upload", "expires_at"}
        form, own = announced.json()["upload"], f"media/{announced.json()['id']}/"
        assert self.staff("GET", own).json()["status"] == "pending"
        assert self.post_file(form, content, content_type) == 204
        assert self.staff("POST", f"{own}complete/").status == 202

        def done():
            found = self.staff("GET", own).json()
            return found["status"] in ("ready", "rejected") and found

        return until(done, 40)

    def post_file(self, form, content, content_type):
        """As a browser sends the form: its fields, then the file."""
        head = "".join(
            f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in form["fields"].items()
        )
        head += '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
        body = (
            f"{head}Content-Type: {content_type}\r\n\r\n".encode() + content + b"\r\n--edge--\r\n"
        )
        address = urlsplit(form["url"])
        headers = {"Content-Type": "multipart/form-data; boundary=edge"}
        return self.visitor.post(address.hostname, address.path, body=body, headers=headers).status

    def manage(self, *arguments):
        environment = {"PATH": "/usr/bin:/bin", "SOUQNA_STATE": str(self.demo.state)}
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def shop(demo):
    return Shop(demo)


def test_settings_are_read_and_written_and_seen_at_once(shop):
    assert shop.get("/en/").status == 200  # from now on a page that is kept
    before = shop.staff("GET", "storefront/")
    hours = {"sun": [["09:00", "13:00"]]}
    changes = {
        "name_en": "Kept Promise", "accent": "#8a2d4f", "phone": "٢٢٢٢٣٣٣٣", "email": "a@b.example",
        "opening_hours": hours,
    }  # fmt: skip
    written = shop.staff("PATCH", "storefront/", changes)

    assert (before.status, written.status) == (200, 200)
    shown = shop.shown("storefront/")
    assert set(shown) >= {
        "slug", "name", "languages", "default_language", "accepts", "currency", "colors", "logo",
        "contact",
    }  # fmt: skip
    assert (shown["name"], shown["logo"]) == ("Kept Promise", None)
    assert shown["colors"]["accent"] == "#8a2d4f"
    assert (shown["contact"]["phone"], shown["contact"]["email"]) == ("+96522223333", "a@b.example")
    assert shown["contact"]["opening_hours"] == hours
    assert "Kept Promise" in shop.get("/en/").text
    stranger = shop.demo.person()
    is_problem(stranger.get(APP, f"/{shop.slug}/api/v1/storefront/"), 401, "not_authenticated")
    is_problem(shop.staff("PATCH", "storefront/", {"phone": "12"}), 400, "invalid")


def test_a_picture_from_its_announcement_to_the_catalog(shop):
    ready = shop.upload(drawn(size=(900, 600), colour=(120, 60, 20)))
    shop.put("pictured", media=[ready["id"]])

    assert (ready["status"], ready["renditions"] != []) == ("ready", True)
    assert all(set(each) >= RENDITION for each in ready["renditions"])
    shown = shop.shown("items/pictured/")
    assert set(shown) >= DETAIL
    assert shown["image"] == shown["images"][0]
    for address in (shown["image"]["url"], *(each["url"] for each in ready["renditions"])):
        answer = shop.get(urlsplit(address).path)
        assert answer.status == 200
        assert answer.headers["Content-Type"] in ("image/webp", "image/avif")


def test_a_logo_is_shown_to_everyone(shop):
    ready = shop.upload(drawn("png", (300, 300), colour=(20, 90, 70)), "image/png")

    assert shop.staff("PATCH", "storefront/", {"logo": ready["id"]}).status == 200
    logo = shop.shown("storefront/")["logo"]
    assert shop.get(urlsplit(logo).path).headers["Content-Type"] == "image/webp"


def test_what_is_no_picture_is_refused(shop):
    rejected = shop.upload(b"<html><script>alert(1)</script>" * 20)
    svg = {"filename": "a.svg", "content_type": "image/svg+xml", "size": 10}

    assert (rejected["status"], rejected["renditions"]) == ("rejected", [])
    assert rejected["reason"]
    is_problem(shop.staff("POST", "media/", svg), 400, "invalid")
    is_problem(shop.staff("GET", f"media/{uuid4()}/"), 404, "not_found")


def test_the_catalog_is_narrowed_and_searched(shop):
    oils = shop.staff("POST", "categories/", {"name_ar": "زيوت", "name_en": "Oils"}).json()
    shop.put("musk", name_en="White musk", name_ar="مسك أبيض", categories=[oils["id"]])
    shop.put("wrapping", kind="service", name_en="Gift wrapping", name_ar="تغليف", stock=None)
    shop.put("hidden", status="draft", name_en="Hidden musk")

    def slugs(query, language="en"):
        page = shop.shown(f"items/?{query}", language)
        assert set(page) == {"next", "previous", "results"}
        assert all(set(each) >= SUMMARY for each in page["results"])
        return {each["slug"] for each in page["results"]}

    assert slugs("category=oils") == {"musk"}
    assert slugs("kind=service") == {"wrapping"}
    assert slugs("search=musk") == slugs("search=mskk%20whte") == {"musk"}
    assert slugs("search=%D9%85%D8%B3%D9%83%20%D8%A7%D8%A8%D9%8A%D8%B6", "ar") == {"musk"}
    assert slugs("category=oils&kind=service") == set()
    assert slugs("category=nothing") == set()
    assert {"musk", "wrapping"} <= slugs("") <= slugs("kind=product") | slugs("kind=service")
    is_problem(shop.get("/api/v1/items/?kind=nothing"), 400, "invalid")
    is_problem(shop.get("/api/v1/items/hidden/"), 404, "not_found")
    parts = shop.shown("categories/")
    assert parts == {
        "next": None, "previous": None,
        "results": [{"slug": "oils", "name": "Oils", "items": 1}],
    }  # fmt: skip


def test_a_variant_is_shown_and_ordered(shop):
    kinds = [
        {"name_ar": "ربع", "name_en": "Quarter", "price": "3.000", "stock": 5},
        {"name_ar": "نصف", "name_en": "Half", "price": "5.500", "stock": 1},
    ]
    shop.put("varied", price=None, stock=None, variants=kinds)
    shown = shop.shown("items/varied/")
    line = {"item": shown["id"], "variant": shown["variants"][1]["id"], "quantity": 1}

    assert [(one["name"], one["price"]) for one in shown["variants"]] == [
        ("Quarter", "3.000"), ("Half", "5.500"),
    ]  # fmt: skip
    assert place(shop, [line]).json()["total"] == "5.500"
    is_problem(place(shop, [line]), 409, "out_of_stock")


def place(shop, lines, **fields):
    body = {"customer_name": "Maryam", "customer_phone": "50001234", "lines": lines, **fields}
    headers = {"Idempotency-Key": str(uuid4())}
    return shop.visitor.post(shop.host, "/api/v1/orders/", body=body, headers=headers)


def test_a_visit_is_kept_with_the_order(shop):
    item = shop.put("visited")
    arrived = {
        "landing_url": f"http://{shop.host}:{shop.demo.port}/en/?utm_source=letter&utm_medium=email",
        "referrer": "https://mail.example/",
    }
    visit = shop.visitor.post(shop.host, "/api/v1/visits/", body=arrived)
    placed = place(shop, [{"item": item["id"], "quantity": 1}], visit=visit.json()["visit"])

    assert (visit.status, placed.status) == (201, 201)
    path = f"orders/{placed.json()['number']}/"
    told = until(lambda: shop.staff("GET", path).json()["visit"], 40)
    assert told == {
        "utm_source": "letter", "utm_medium": "email", "utm_campaign": "", "channel": told["channel"],
    }  # fmt: skip
    is_problem(shop.visitor.post(shop.host, "/api/v1/visits/", body={}), 400, "invalid")


def test_the_old_address_leads_to_the_new(shop):
    old, person = shop.slug, shop.demo.person()
    assert person.log_in(shop.owner.email, PASSWORD).status == 302
    page = f"/{old}/settings/address/"
    assert person.get(APP, page).status == 200
    form = {"slug": f"{old}-new", "csrfmiddlewaretoken": person.cookies[APP]["csrf"]}
    moved = person.post(APP, page, form=form)

    assert moved.status == 302, moved.text
    shop.slug = f"{old}-new"
    for path in ("/en/items/?search=musk", "/api/v1/items/"):
        answer = shop.visitor.get(f"{old}.localhost", path)
        assert answer.status == 308
        assert answer.headers["Location"] == f"http://{shop.host}:{shop.demo.port}{path}"
        assert "max-age=3600" in answer.headers["Cache-Control"]
    assert shop.get("/en/").status == 200


def test_suspended_a_storefront_says_so_at_once(shop):
    assert shop.get("/en/items/").status == 200  # from now on a page that is kept
    shop.manage("suspend_tenant", shop.slug, "--reason", "a test")
    try:
        page = until(lambda: (found := shop.get("/en/items/")).status == 503 and found)
        assert "unavailable" in page.text.lower()
        assert "غير متاح" in shop.get("/ar/").text
        is_problem(shop.get("/api/v1/storefront/"), 403, "tenant_suspended")
        is_problem(shop.staff("GET", "storefront/"), 403, "tenant_suspended")
    finally:
        shop.manage("reactivate_tenant", shop.slug)
    until(lambda: shop.get("/en/items/").status == 200)
