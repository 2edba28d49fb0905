"""A sheet of paper with a title, names and values: a PDF that shows ₹ and Devanagari."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fpdf import FPDF

from chat.model import Media

FONT = Path(__file__).parent / "fonts" / "Mukta.ttf"
"""Mukta's Latin and Devanagari; its licence stands beside it."""
MARGIN_MM, NAME_MM, LINE_MM = 18, 50, 7
GREY = 110


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is to be printed."""

    title: str
    rows: Sequence[tuple[str, str]]
    total: tuple[str, str]
    notes: Sequence[str]


async def document(sheet: Sheet, name: str) -> Media:
    """Print a sheet as a file to send, beside the loop."""
    pdf = await asyncio.to_thread(print_sheet, sheet)
    return Media("document", f"{name}.pdf", pdf, 0, 0, alt=sheet.title)


def print_sheet(sheet: Sheet) -> bytes:
    """Print a sheet; it takes a while, so that it belongs into a thread."""
    pdf = _empty()
    pdf.set_font_size(20)
    pdf.multi_cell(0, 12, sheet.title, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(3)
    pdf.set_font_size(11)
    for name, value in sheet.rows:
        _row(pdf, name, value)
    _line(pdf)
    pdf.set_font_size(14)
    _row(pdf, *sheet.total)
    _line(pdf)
    pdf.set_font_size(9)
    pdf.set_text_color(GREY)
    for note in sheet.notes:
        pdf.multi_cell(0, 5, note, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def _empty() -> FPDF:
    pdf = FPDF(format="A4")
    pdf.add_font("Mukta", fname=FONT)
    pdf.set_font("Mukta")
    pdf.set_text_shaping(use_shaping_engine=True)
    pdf.set_margin(MARGIN_MM)
    pdf.add_page()
    return pdf


def _row(pdf: FPDF, name: str, value: str) -> None:
    top = pdf.get_y()
    pdf.set_text_color(GREY)
    pdf.multi_cell(NAME_MM, LINE_MM, name, new_x="RIGHT", new_y="TOP")
    pdf.set_xy(MARGIN_MM + NAME_MM, top)
    pdf.set_text_color(0)
    pdf.multi_cell(0, LINE_MM, value, new_x="LMARGIN", new_y="NEXT")


def _line(pdf: FPDF) -> None:
    y = pdf.get_y() + 2
    pdf.set_draw_color(GREY)
    pdf.line(MARGIN_MM, y, pdf.w - MARGIN_MM, y)
    pdf.ln(4)
