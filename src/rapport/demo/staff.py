"""The demo company's own people: a tree of teams, and colleagues of every role."""

from dataclasses import dataclass

COMPANY = "Bao bì Mây Lam (demo, dữ liệu mẫu)"
# Team, and the team it is part of.
TEAMS = (
    ("Mây Lam", ""), ("Kinh doanh", "Mây Lam"), ("Kinh doanh miền Bắc", "Kinh doanh"),
    ("Kinh doanh miền Nam", "Kinh doanh"), ("Cửa hàng trực tuyến", "Mây Lam"), ("Marketing", "Mây Lam"),
    ("Chăm sóc khách hàng", "Mây Lam"),
)  # fmt: skip


@dataclass(frozen=True)
class Colleague:
    """One user of the demo company."""

    full_name: str
    address: str
    role: str
    team: str

    @property
    def email(self) -> str:
        """What the colleague signs in with."""
        return f"{self.address}@example.com"


# A role beside the six.
HELPERS = "Cộng tác viên bán hàng"
COLLEAGUES = (
    Colleague("Quản trị viên (mẫu)", "quantri", "administrator", "Mây Lam"),
    Colleague("Lê Thu Hà", "ha.le", "manager", "Kinh doanh"),
    Colleague("Nguyễn Quốc Bình", "binh.nguyen", "manager", "Cửa hàng trực tuyến"),
    Colleague("Trần Minh Kiên", "kien.tran", "seller", "Kinh doanh miền Bắc"),
    Colleague("Vũ Thị Hồng Nhung", "nhung.vu", "seller", "Kinh doanh miền Bắc"),
    Colleague("Đỗ Đức Mạnh", "manh.do", "seller", "Kinh doanh miền Bắc"),
    Colleague("Phạm Hoàng Long", "long.pham", "seller", "Kinh doanh miền Nam"),
    Colleague("Huỳnh Ngọc Trâm", "tram.huynh", "seller", "Kinh doanh miền Nam"),
    Colleague("Võ Thanh Tùng", "tung.vo", "seller", "Kinh doanh miền Nam"),
    Colleague("Nguyễn Thị Mỹ Duyên", "duyen.nguyen", "seller", "Kinh doanh miền Nam"),
    Colleague("Bùi Phương Thảo", "thao.bui", "marketer", "Marketing"),
    Colleague("Đặng Gia Huy", "huy.dang", "marketer", "Marketing"),
    Colleague("Lý Kim Ngân", "ngan.ly", "service", "Chăm sóc khách hàng"),
    Colleague("Trương Văn Lộc", "loc.truong", "service", "Chăm sóc khách hàng"),
    Colleague("Hồ Bích Vân", "van.ho", "viewer", "Mây Lam"),
)  # fmt: skip


def sellers() -> dict[bool, list[str]]:
    """The full names of the sellers of the north (True) and of the south (False)."""
    return {
        north: [each.full_name for each in COLLEAGUES if each.team.endswith("Bắc" if north else "Nam")]
        for north in (True, False)
    }
