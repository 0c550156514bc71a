"""Each requirement of PDF/A-2u and PDF/A-3u (ISO 19005-2 and -3) that can be seen in the file, by the clause it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageCms

from recourse.documents.blocks import Document, Heading, KeyValues, Paragraph, Run, SignatureBlock, Table, plain
from recourse.documents.fonts import Fonts
from recourse.documents.render import render
from recourse.documents.srgb import srgb_profile

BLOCKS = (
    Heading(1, "催收通知书 <&>"),
    Heading(2, "一、欠款"),
    Paragraph((Run("张䶮㛃𬱖欠款 1,234.56 元，"), Run("请归还。", bold=True))),
    KeyValues(((("户名", "甲"),),)),
    Table(("项目", "金额"), tuple((plain(f"第{at}项"), plain("1.00")) for at in range(60)), ("left", "right")),
    SignatureBlock((("示例银行", "（盖章）", "2026年11月23日"),)),
)
FILES = {"data.json": b'{"a": 1}', "list.csv": b"a,b\n"}


@pytest.fixture(scope="module", params=["letter", "packet"])
def printed(request: pytest.FixtureRequest, fonts: Fonts) -> bytes:
    document = Document("催收通知书 <&>", BLOCKS, "示例银行", "示催〔2026〕1号", draft=True, keywords="ab <12>")
    return render(document, fonts, FILES if request.param == "packet" else None)


@pytest.fixture
def pdf(printed: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(printed)) as opened:
        yield opened


def has_files(pdf: pikepdf.Pdf) -> bool:
    return "/AF" in pdf.Root


def fonts_of(pdf: pikepdf.Pdf) -> list[Any]:
    return list({str(font.BaseFont): font for page in pdf.pages for font in page.Resources.Font.values()}.values())


def instructions(page: pikepdf.Page) -> Iterator[tuple[str, list[Any]]]:
    """What is drawn on a page: operator and operands."""
    for each in pikepdf.parse_content_stream(page):
        yield str(each.operator), list(each.operands)


def test_header_and_end(printed: bytes) -> None:
    """6.1.2, 6.1.3: four bytes above 127 in the second line, an identifier, no encryption, nothing after the end."""
    first, second = printed.split(b"\n")[:2]
    assert re.fullmatch(rb"%PDF-1\.[0-7]", first)
    assert second.startswith(b"%")
    assert all(byte > 127 for byte in second[1:5])
    assert re.search(rb"\n%%EOF\n?\Z", printed)
    trailer = printed[printed.rindex(b"trailer") :]
    assert re.search(rb"/ID \[<([0-9a-f]{32})> <\1>\]", trailer)
    assert b"/Encrypt" not in trailer


def test_the_objects_are_where_the_table_says_and_lines_end_as_they_must(printed: bytes) -> None:
    """6.1.4, 6.1.7.1, 6.1.9: cross-reference entries, ``obj``, ``endobj``, ``stream``, ``endstream``, Length."""
    start = int(printed[printed.rindex(b"startxref") :].split()[1])
    table = re.match(rb"xref\n0 (\d+)\n0000000000 65535 f \n((?:\d{10} 00000 n \n)*)trailer", printed[start:])
    assert table
    offsets = [int(line[:10]) for line in table[2].splitlines()]
    assert len(offsets) + 1 == int(table[1])
    for number, (offset, end) in enumerate(zip(offsets, [*offsets[1:], start], strict=True), start=1):
        thing = printed[offset:end]
        assert thing.startswith(b"%d 0 obj\n" % number)
        assert thing.endswith(b"\nendobj\n")
        if b"\nstream\n" in thing:
            length = int(re.search(rb"/Length (\d+)", thing)[1])  # type: ignore[index]
            assert thing[thing.index(b"\nstream\n") + 8 :][length:] == b"\nendstream\nendobj\n"


def test_no_limit_of_the_format_is_reached(pdf: pikepdf.Pdf) -> None:
    """6.1.13: names of 127 bytes, strings of 32,767, graphics states 28 deep."""
    for thing in pdf.objects:
        for value in walked(thing):
            assert not isinstance(value, pikepdf.Name) or len(str(value).encode()) <= 127
            assert not isinstance(value, pikepdf.String) or len(bytes(value)) <= 32_767
    for page in pdf.pages:
        depth = 0
        for operator, _ in instructions(page):
            depth += {"q": 1, "Q": -1}.get(operator, 0)
            assert depth <= 28


def walked(thing: Any) -> Iterator[Any]:
    """A value and all that stands in it, up to references."""
    yield thing
    inside: list[Any] = []
    if isinstance(thing, pikepdf.Array):
        inside = list(thing)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        inside = [thing[key] for key in thing.keys()]
    for each in inside:
        if not isinstance(each, pikepdf.Object) or not each.is_indirect:
            yield from walked(each)


def test_streams_have_no_forbidden_filter_and_lie_inside_the_file(pdf: pikepdf.Pdf) -> None:
    """6.1.7: no LZW, no external streams."""
    streams = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Stream)]
    assert streams
    for stream in streams:
        assert not {"/F", "/FFilter", "/FDecodeParms"} & set(stream.keys())
        assert set(map(str, stream.get("/Filter", []))) <= {"/FlateDecode"}
        stream.read_bytes()


def test_the_greys_have_a_meaning(pdf: pikepdf.Pdf) -> None:
    """6.2.3, 6.2.4.3: one output intent with a profile; only grey is painted, which needs no other."""
    (intent,) = pdf.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    profile = intent.DestOutputProfile
    assert profile.N == 3
    assert profile.read_bytes() == srgb_profile()
    painted = {operator for page in pdf.pages for operator, _ in instructions(page)}
    assert not painted & {"rg", "RG", "k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "sh", "Do", "ri", "i", "BI"}
    assert painted & {"g"}


def test_the_profile_is_srgb() -> None:
    ours, theirs = ImageCms.ImageCmsProfile(BytesIO(srgb_profile())), ImageCms.createProfile("sRGB")
    steps = (0, 9, 10, 11, 60, 128, 200, 255)
    colours = Image.new("RGB", (len(steps) ** 2, len(steps)))
    for at in range(len(steps) ** 3):
        low, middle, high = at % 8, at // 8 % 8, at // 64
        colours.putpixel((at % 64, at // 64), (steps[low], steps[middle], steps[high]))
    lab = ImageCms.createProfile("LAB")
    seen = []
    for profile in (ours, theirs):
        transform = ImageCms.buildTransform(profile, lab, "RGB", "LAB")
        seen.append(ImageCms.applyTransform(colours, transform).tobytes())  # type: ignore[union-attr]
    assert max(min(abs(a - b), 256 - abs(a - b)) for a, b in zip(*seen, strict=True)) <= 1


def test_transparency_is_only_that_of_the_mark(pdf: pikepdf.Pdf) -> None:
    """6.2.5, 6.2.10: no transfer functions, halftones, soft masks; a blending mode that is in the standard."""
    states = [state for page in pdf.pages for state in page.Resources.get("/ExtGState", {}).values()]
    assert states
    assert {key for state in states for key in state.keys()} == {"/ca"}


def test_fonts_are_whole_and_say_what_they_show(pdf: pikepdf.Pdf) -> None:
    """6.2.11: embedded, symbolic with one table of codes and no Encoding, widths as in the file, Unicode for each code,
    nothing shown that the font lacks."""
    fonts = fonts_of(pdf)
    assert {str(font.Subtype) for font in fonts} == {"/TrueType"}
    used = codes_used(pdf)
    for font in fonts:
        descriptor = font.FontDescriptor
        assert descriptor.Flags & 4
        assert not descriptor.Flags & 32
        assert "/Encoding" not in font
        assert re.match(r"/[A-Z]{6}\+", str(font.BaseFont))
        assert font.BaseFont == descriptor.FontName
        embedded = TTFont(BytesIO(descriptor.FontFile2.read_bytes()))
        (table,) = embedded["cmap"].tables
        assert embedded["OS/2"].fsType == 0
        unicode_of = read_mapping(font.ToUnicode.read_bytes())
        assert len(descriptor.FontFile2.read_bytes()) == descriptor.FontFile2.Length1
        for code in used[str(font.BaseFont)]:
            glyph = table.cmap[code]
            assert glyph != ".notdef"
            assert abs(embedded["hmtx"][glyph][0] - float(font.Widths[code - int(font.FirstChar)])) < 1
            assert unicode_of[code]


def codes_used(pdf: pikepdf.Pdf) -> dict[str, set[int]]:
    used: dict[str, set[int]] = {}
    for page in pdf.pages:
        name = ""
        for operator, operands in instructions(page):
            if operator == "Tf":
                name = str(page.Resources.Font[str(operands[0])].BaseFont)
            elif operator == "Tj":
                used.setdefault(name, set()).update(bytes(operands[0]))
            assert operator not in ("TJ", "'", '"')
    return used


def read_mapping(content: bytes) -> dict[int, str]:
    """Code to text, out of a ToUnicode stream; the format allows 100 entries in a piece."""
    found: dict[int, str] = {}
    pieces = re.findall(r"(\d+) beginbfchar\n(.*?)\nendbfchar", content.decode("ascii"), re.DOTALL)
    assert pieces
    for count, piece in pieces:
        entries = re.findall(r"<([0-9A-F]{2})> <([0-9A-F]+)>", piece)
        assert len(entries) == int(count) <= 100
        found |= {int(code, 16): bytes.fromhex(value).decode("utf-16-be") for code, value in entries}
    assert not {"\0", "\ufeff", "\ufffe"} & set(found.values())
    return found


def test_nothing_acts_and_nothing_is_annotated(pdf: pikepdf.Pdf) -> None:
    """6.3, 6.5, 6.10: no annotations, actions, scripts, forms, presentations, alternate presentations, optional content."""
    forbidden = {"/AA", "/A", "/OpenAction", "/AcroForm", "/JavaScript", "/OCProperties", "/Requirements", "/PresSteps"}
    for holder in [pdf.Root, *(page.obj for page in pdf.pages), *outline(pdf.Root.Outlines)]:
        assert not forbidden & set(holder.keys())
    assert not [page for page in pdf.pages if "/Annots" in page]
    assert "/AlternatePresentations" not in pdf.Root.get("/Names", {})


def outline(entry: Any) -> Iterator[Any]:
    yield entry
    for key in ("/First", "/Next"):
        if key in entry:
            yield from outline(entry[key])


def test_metadata_say_what_the_properties_say(pdf: pikepdf.Pdf) -> None:
    """6.6: an unfiltered XMP packet that is well formed, names part and level, and agrees with the properties."""
    stream = pdf.Root.Metadata
    assert (str(stream.Type), str(stream.Subtype)) == ("/Metadata", "/XML")
    assert "/Filter" not in stream
    ElementTree.fromstring(stream.read_bytes())
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("3" if has_files(pdf) else "2", "U")
        assert xmp["dc:title"] == str(pdf.docinfo.Title) == "催收通知书 <&>"
        assert xmp["dc:creator"] == [str(pdf.docinfo.Author)] == ["示例银行"]
        assert xmp["pdf:Keywords"] == str(pdf.docinfo.Keywords) == "ab <12>"
        assert xmp["pdf:Producer"] == str(pdf.docinfo.Producer)
        assert xmp["xmp:CreatorTool"] == str(pdf.docinfo.Creator) == "Recourse"
        assert str(pdf.docinfo.CreationDate) == str(pdf.docinfo.ModDate) == "D:20000101000000+00'00'"
        assert xmp["xmp:CreateDate"] == xmp["xmp:ModifyDate"] == "2000-01-01T00:00:00+00:00"
        assert "/Subject" not in pdf.docinfo


def test_what_is_unknown_stands_in_neither(fonts: Fonts) -> None:
    with pikepdf.open(BytesIO(render(Document("便函", BLOCKS[1:2]), fonts))) as pdf:
        assert not {"/Author", "/Keywords", "/Subject"} & set(pdf.docinfo.keys())
        assert b"dc:creator" not in pdf.Root.Metadata.read_bytes()


def test_embedded_files_belong_to_something(pdf: pikepdf.Pdf) -> None:
    """19005-3, 6.8: F and UF, what the file is to the document, media type and day; part 2 allows no such file."""
    if not has_files(pdf):
        assert "/EmbeddedFiles" not in pdf.Root.get("/Names", {})
        return
    assert [str(file.UF) for file in pdf.Root.AF] == sorted(FILES)
    for file, named in zip(pdf.Root.AF, pdf.Root.Names.EmbeddedFiles.Names[1::2], strict=True):
        assert file.objgen == named.objgen
        assert file.F == file.UF
        assert file.AFRelationship == "/Data"
        stream = file.EF.F
        assert str(stream.Subtype) == {"json": "/application/json", "csv": "/text/csv"}[str(file.UF).split(".")[1]]
        assert {"/ModDate", "/Size"} <= set(stream.Params.keys())
        assert stream.read_bytes() == FILES[str(file.UF)]


def test_the_language_is_stated(pdf: pikepdf.Pdf) -> None:
    assert str(pdf.Root.Lang) == "zh-CN"


def test_qpdf_finds_nothing_to_complain_of(pdf: pikepdf.Pdf) -> None:
    assert pdf.check_pdf_syntax() == []
