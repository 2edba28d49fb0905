"""Drawing with skia in units of a scene, under the light of a time of day."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import skia

from models.train.scene import Time

Rgb = tuple[float, float, float]
Point = tuple[float, float]
_LIGHT: dict[Time, tuple[str, float]] = {
    Time.DAY: ("#ffffff", 0.0),
    Time.SUNSET: ("#6a2450", 0.3),
    Time.NIGHT: ("#0a1038", 0.52),
}


def rgb(colour: str | Rgb) -> Rgb:
    """Turn ``#rrggbb`` into three numbers of 0..1."""
    if not isinstance(colour, str):
        return colour
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def mix(first: str | Rgb, second: str | Rgb, part: float) -> Rgb:
    """Return the colour that is ``part`` of the way from the first to the second."""
    red, green, blue = (a + (b - a) * part for a, b in zip(rgb(first), rgb(second), strict=True))
    return red, green, blue


class Pen:
    """A canvas of ``width`` x ``height`` units; y goes down."""

    def __init__(self, width: float, height: float, pixels: float, time: Time) -> None:
        self.width, self.height, self.time = width, height, time
        self._surface = skia.Surface(round(width * pixels), round(height * pixels))
        self._canvas = self._surface.getCanvas()
        self._canvas.scale(pixels, pixels)
        self._light, self._strength = _LIGHT[time]

    @contextmanager
    def at(self, x: float, y: float, scale: float, light: float, lean: float = 0) -> Iterator[None]:
        """Draw around a point, at a scale, with a part of the light's strength, turned there."""
        before = self._strength
        self._canvas.save()
        self._canvas.translate(x, y)
        self._canvas.rotate(lean)
        self._canvas.scale(scale, scale)
        self._strength = before * light
        yield
        self._strength = before
        self._canvas.restore()

    def lit(self, colour: str | Rgb) -> Rgb:
        """Return a colour as the time of day shows it."""
        return mix(colour, self._light, self._strength)

    def circle(
        self, x: float, y: float, r: float, colour: str | Rgb, *, glows: bool = False
    ) -> None:
        """Fill a circle; what glows is not dimmed by the night."""
        self._canvas.drawCircle(x, y, r, self._paint(colour, glows=glows))

    def halo(self, x: float, y: float, r: float, colour: str | Rgb, alpha: float) -> None:
        """Fill a circle that fades out."""
        paint = skia.Paint(AntiAlias=True, Color4f=skia.Color4f(*rgb(colour), alpha))
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, r * 0.4))
        self._canvas.drawCircle(x, y, r, paint)

    def oval(
        self, x: float, y: float, rx: float, ry: float, colour: str | Rgb, turn: float = 0
    ) -> None:
        """Fill an ellipse, turned by degrees."""
        self._canvas.save()
        self._canvas.translate(x, y)
        self._canvas.rotate(turn)
        self._canvas.drawOval(skia.Rect(-rx, -ry, rx, ry), self._paint(colour))
        self._canvas.restore()

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: str | Rgb,
        *,
        r: float = 0,
        glows: bool = False,
    ) -> None:
        """Fill a rectangle with corners of radius ``r``."""
        rect = skia.Rect(left, top, right, bottom)
        self._canvas.drawRoundRect(rect, r, r, self._paint(colour, glows=glows))

    def shape(self, points: Sequence[Point], colour: str | Rgb, *, glows: bool = False) -> None:
        """Fill a polygon."""
        self._canvas.drawPath(_path(points), self._paint(colour, glows=glows))

    def line(self, points: Sequence[Point], width: float, colour: str | Rgb) -> None:
        """Draw a bent line with round ends."""
        paint = self._paint(colour)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(width)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        self._canvas.drawPath(_path(points, close=False), paint)

    def crescent(self, x: float, y: float, r: float, colour: str | Rgb) -> None:
        """Fill a waning moon."""
        disc, bite = skia.Path.Circle(x, y, r), skia.Path.Circle(x + r * 0.5, y - r * 0.2, r * 0.86)
        moon = skia.Op(disc, bite, skia.PathOp.kDifference_PathOp)
        self._canvas.drawPath(moon, self._paint(colour, glows=True))

    def fade(self, top: float, bottom: float, colours: Sequence[str | Rgb]) -> None:
        """Fill everything below ``top`` with colours that fall until ``bottom``, unlit."""
        ends = [skia.Point(0, top), skia.Point(0, bottom)]
        stops = [skia.Color4f(*rgb(colour), 1).toColor() for colour in colours]
        paint = skia.Paint(Shader=skia.GradientShader.MakeLinear(ends, stops))
        self._canvas.drawRect(skia.Rect(0, top, self.width, self.height), paint)

    def image(self) -> skia.Image:
        """Return what is drawn so far."""
        return self._surface.makeImageSnapshot()

    def _paint(self, colour: str | Rgb, *, glows: bool = False) -> skia.Paint:
        shown = rgb(colour) if glows else self.lit(colour)
        return skia.Paint(AntiAlias=True, Color4f=skia.Color4f(*shown, 1))


def _path(points: Sequence[Point], *, close: bool = True) -> skia.Path:
    path = skia.Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    if close:
        path.close()
    return path
