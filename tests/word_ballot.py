"""Ballots as somebody made them in Word: Times, a table, no marks of ours. Drawn with Typst."""

import cv2
import numpy as np
import typst

from ballotscan.design.typesetting import FONT_FOLDER

NAMES = [
    "Nguyễn Thị Hồng Ánh",
    "Trần Quốc Bảo",
    "Lê Văn Chính",
    "Phạm Minh Đức",
    "Huỳnh Thị Mỹ Dung",
    "Võ Thành Được",
]
GUESTS = ["Đặng Hoàng Giang", "Bùi Thị Thu Hà", "Ngô Thị Kim Liên", "Lý Hữu Nghĩa"]

DEFINITION = f"""\
id = "dai-hoi-xa"
title = "Đại hội đại biểu Đảng bộ xã Tân Phước"
organisation = "Đảng bộ xã Tân Phước"
place = "Tân Phước"
date = 2026-11-20
language = "vi"
rules = "vn-dang"

[attendance]
convened = 6
present = 6
issued = 6
collected = 6

[[contests]]
id = "ban-chap-hanh"
title = "Bầu Ban Chấp hành"
seats = 4
marking = "agree-disagree"
candidates = [{", ".join(f'{{ name = "{name}" }}' for name in NAMES)}]

[[contests]]
id = "dai-bieu"
title = "Bầu đại biểu dự đại hội cấp trên"
seats = 2
marking = "strike-out"
candidates = [{", ".join(f'{{ name = "{name}" }}' for name in GUESTS)}]
"""

_HEAD = """\
#set page(paper: "a4", margin: (left: 3cm, right: 2cm, y: 2cm))
#set text(font: "Liberation Serif", size: 14pt)
#set par(leading: 0.65em)
#grid(columns: (1fr, 1.2fr), align: center, row-gutter: 5pt,
  [ĐẢNG BỘ HUYỆN TÂN PHƯỚC VÂN], [*ĐẢNG CỘNG SẢN VIỆT NAM*],
  [*ĐẢNG BỘ XÃ TÂN PHƯỚC*], [#line(length: 40%, stroke: 0.5pt)],
  [\\*], [_Tân Phước, ngày 20 tháng 11 năm 2026_])
#v(1cm)
"""
_TABLE = """\
#align(center)[*PHIẾU BẦU CỬ* \\ *BAN CHẤP HÀNH ĐẢNG BỘ XÃ KHÓA XII, NHIỆM KỲ 2026 - 2031* \\
(Danh sách xếp theo vần chữ cái A, B, C; số lượng cần bầu: 4)]
#v(6mm)
#table(columns: (1.3cm, 1fr, 2.6cm, 3.4cm), stroke: 0.5pt, align: (center + horizon, left + horizon, center, center),
  inset: (x: 2mm, y: 3.2mm), [*STT*], align(center)[*Họ và tên*], [*Đồng ý*], [*Không đồng ý*],
  ROWS)
#v(4mm)
_Ghi chú: Đại biểu đánh dấu (x) vào ô đồng ý hoặc không đồng ý ở cột tương ứng._
"""
_LIST = """\
#align(center)[*PHIẾU BẦU CỬ* \\ *ĐẠI BIỂU DỰ ĐẠI HỘI ĐẢNG BỘ CẤP TRÊN* \\ (Số lượng cần bầu: 2)]
#v(8mm)
#set text(size: 15pt)
#grid(columns: (1cm, 1fr), row-gutter: 9mm, ROWS)
#set text(size: 14pt)
#v(8mm)
_Ghi chú: Không bầu người nào thì gạch ngang giữa cả họ và tên người đó._
"""


def _compile(source, kind, dpi):
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT_FOLDER)]
    )
    compiler = typst.Compiler(input=source.encode(), font_paths=fonts, ignore_system_fonts=True)
    made = compiler.compile(format=kind, ppi=dpi)
    return made[0] if isinstance(made, list) else made


def draw_table(kind="pdf", dpi=200):
    """The ballot with four columns; PDF or PNG."""
    rows = ", ".join(f"[{number}], [{name}], [], []" for number, name in enumerate(NAMES, start=1))
    return _compile(_HEAD + _TABLE.replace("ROWS", rows), kind, dpi)


def draw_list(kind="pdf", dpi=200):
    """The list to strike names out of; PDF or PNG."""
    rows = ", ".join(f"[{number}.], [{name}]" for number, name in enumerate(GUESTS, start=1))
    return _compile(_HEAD + _LIST.replace("ROWS", rows), kind, dpi)


def draw_narrow_table(names, work, style, align):
    """A table whose names may take two lines, with where they work below; as pixels at 200 dpi."""
    cells = [
        f"#text({style})[{name}]" + (f" \\ {of_one}" if of_one else "")
        for name, of_one in zip(names, work, strict=True)
    ]
    rows = ", ".join(f"[{number}], [{cell}], [], []" for number, cell in enumerate(cells, start=1))
    table = _TABLE.replace("1.3cm, 1fr, 2.6cm, 3.4cm", "1.3cm, 4.6cm, 2.6cm, 1fr")
    table = table.replace("left + horizon", f"{align} + horizon").replace("ROWS", rows)
    picture = np.frombuffer(_compile(_HEAD + table, "png", 200), np.uint8)
    return cv2.imdecode(picture, cv2.IMREAD_GRAYSCALE)
