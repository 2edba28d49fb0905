"""Pictures: their cards, captions and facts."""

from collections.abc import Mapping
from typing import ClassVar

from chat.text import Span, Text, code, italic, lines, quote, text
from handlers.texts.english import pictures
from handlers.texts.english.pictures import Fact
from handlers.texts.numbers import SECONDS_TOLD, bar, grouped, minutes, plural, short
from store.hours import Unit
from store.jobs import Failure


class Pictures(pictures.Pictures):
    """What somebody reads whose words become a picture."""

    cancel_job = "रद्द करें"
    again = "फिर से बनाएँ"
    vary = "मिलती-जुलती"
    reword = "शब्द बदलें"
    new_words = "क्या बनाना है"
    original = "असली फ़ाइल"
    details = "पूरी जानकारी"

    def reword_how(self, prompt: str) -> Text:
        """Ask for other words by a message that is to be answered."""
        return lines(
            [
                "इस संदेश के जवाब में नए शब्द भेजें; आकार, शैली और सीड वही रहेंगे। अभी तक:",
                code(short(prompt, 1000)),
            ]
        )

    def templates_offered(self, templates: Mapping[str, str]) -> Text:
        """The operator's prompts with a blank."""
        listed = [text(code(name), f": {template}") for name, template in templates.items()]
        return lines(["एक चुनिए; खाली जगह में क्या आए, यह मैं पूछूँगा।", *listed])

    def template_how(self, template: str, blank: str) -> Text:
        """Ask for what belongs in a blank by a message that is to be answered."""
        return lines([quote(short(template)), f"इस संदेश के जवाब में लिखें: {blank}"])

    def amount(self, unit: Unit, count: int) -> str:
        """So many pictures or clips."""
        one, many = {
            "image": ("तस्वीर", "तस्वीरें"),
            "video": ("वीडियो", "वीडियो"),
            "token": ("टेक्स्ट टोकन", "टेक्स्ट टोकन"),
        }[unit]
        return plural(count, one, many)

    def job_queued(
        self, prompt: str, ahead: int, eta_s: int | None, unit: Unit, count: int, left: int
    ) -> Text:
        """A picture or clip waits for the GPU."""
        place = f"कतार में, आपसे आगे {grouped(ahead)} काम" if ahead else "कतार में, अगली बारी आपकी"
        soon = ""
        if eta_s:
            is_short = eta_s < SECONDS_TOLD
            soon = f" · करीब {eta_s} सेकंड" if is_short else f" · करीब {minutes(eta_s)} मिनट"
        return lines([quote(short(prompt)), f"{place}{soon}", self.job_cost(unit, count, left)])

    def began_again(self) -> Text:
        """The engine died under the job, and draws it from the beginning."""
        return text(italic("इंजन रुक गया था, तस्वीर फिर से बन रही है; और कुछ नहीं कटेगा।"))

    def job_cost(self, unit: Unit, count: int, left: int) -> Text:
        """What the picture or clip costs and what will be left."""
        cost = f"ख़र्च: {self.amount(unit, count)}"
        return text(italic(f"{cost} · इसके बाद {left} बाकी"))

    def job_done(self, prompt: str, facts: str, left: int, limit: int, seconds_left: int) -> Text:
        """A picture is ready; its caption."""
        if seconds_left > 0:
            hour = f"{limit} में से {left} बाकी · {grouped(minutes(seconds_left))} मिनट"
        else:
            hour = "आपका घंटा पूरा हुआ"
        return lines([quote(short(prompt)), italic(facts), text(f"1 तस्वीर कटी · {hour}")])

    def album_running(self, prompt: str, done: int, count: int, percent: int, left: int) -> Text:
        """Several pictures of one request are being drawn."""
        cost = f"{count} तस्वीरें कटेंगी · इसके बाद {left} बाकी"
        drawn = text(code(bar(percent, 100)), f" {percent} % · {done}/{count}")
        return lines([quote(short(prompt)), drawn, italic(cost)])

    def album_done(
        self,
        prompt: str,
        resolution: str,
        seed: int,
        taken: int,
        missing: int,
        left: int,
        seconds_left: int,
    ) -> Text:
        """The pictures of one request are ready, but for those that failed or were stopped."""
        facts = f"{resolution} · सीड {seed} से आगे"
        time = f"{grouped(minutes(seconds_left))} मिनट"
        hour = f"{left} बाकी · {time}" if seconds_left > 0 else "आपका घंटा पूरा हुआ"
        said: list[Span | str] = [
            quote(short(prompt)),
            italic(facts),
            f"{plural(taken, 'तस्वीर', 'तस्वीरें')} कटीं · {hour}",
        ]
        if missing:
            said.append(f"{plural(missing, 'तस्वीर', 'तस्वीरें')} नहीं बनीं, उनका कुछ नहीं कटा।")
        said.append("नंबर दबाएँ तो वह तस्वीर अपने बटनों के साथ दिखेगी।")
        return lines(said)

    def given_back(self, seconds: int) -> Text:
        """Time that was spent waiting was returned."""
        return text(italic(f"इंतज़ार के {seconds} सेकंड आपके घंटे में जोड़ दिए गए"))

    def picture_lost(self) -> Text:
        """The file of a finished picture is gone."""
        return text("तस्वीर की फ़ाइल खो गई; संचालक से कहें कि वे क्रेडिट लौटा दें।")

    def too_large_here(self, *, has_link: bool) -> Text:
        """A file that this chat does not take."""
        if has_link:
            return text("फ़ाइल इस चैट के लिए बहुत बड़ी है; नीचे का बटन उसे खोलता है।")
        return text("फ़ाइल इस चैट के लिए बहुत बड़ी है। वह सुरक्षित है; कृपया संचालक से पूछें।")

    def job_failed(self, prompt: str, reason: str, unit: Unit, left: int) -> Text:
        """A picture or clip could not be drawn."""
        kept = f"कुछ नहीं कटा। {self.amount(unit, left)} बाकी।"
        return lines([quote(short(prompt)), reason, kept])

    def job_cancelled(self, prompt: str, unit: Unit, left: int) -> Text:
        """The user stopped a job."""
        kept = f"रद्द हो गया। कुछ नहीं कटा। {self.amount(unit, left)} बाकी।"
        return lines([quote(short(prompt)), kept])

    def no_edits(self) -> Text:
        """Nothing here draws over pictures."""
        return text(
            "मैं अभी तस्वीर के ऊपर नहीं बना सकता: यहाँ केवल शब्दों से बनता है। कुछ नहीं कटा; ",
            code("/image"),
            " से नई तस्वीर बनती है।",
        )

    fact_names: ClassVar[Mapping[Fact, str]] = {
        "seed": "seed",
        "size": "आकार",
        "steps": "steps",
        "guidance": "guidance",
        "sampler": "sampler",
        "model": "मॉडल",
        "length": "अवधि",
        "frames": "frames",
        "motion": "हलचल",
        "duration": "बनने का समय",
        "id": "id",
    }

    def job_facts(self, prompt: str, negative: str, facts: list[tuple[Fact, str]]) -> Text:
        """All that a picture or clip was made of."""
        shown = [text(f"{self.fact_names[fact]}: ", code(value)) for fact, value in facts]
        parts: list[Text] = [text(quote(short(prompt, 2000)))]
        if negative:
            parts.append(text("इनके बिना: ", quote(short(negative, 500))))
        return lines([*parts, *shown])

    failures: ClassVar[Mapping[Failure, str]] = {
        "busy": "तस्वीर बनाने वाला इंजन अभी बहुत व्यस्त है।",
        "crashed": "इसे बनाते हुए इंजन बार-बार रुक गया।",
        "failed": "इंजन इसे नहीं बना पाया।",
        "lost": "गड़बड़ी में यह काम खो गया।",
        "memory": "यह तस्वीर अभी GPU के लिए बहुत बड़ी है।",
        "model_missing": "{detail} पर तस्वीर बनाने वाला मॉडल नहीं है; संचालक को बता दें।",
        "no_videos": "यहाँ अब वीडियो का मॉडल नहीं है।",
        "size": "मॉडल इस आकार में नहीं बना सकता; कोई और आकार चुनें।",
        "unreachable": "अभी तस्वीर बनाने वाले किसी इंजन तक पहुँच नहीं हो पा रही।",
        "withheld": "सुरक्षा जाँच ने यह तस्वीर दिखाने नहीं दी, और वह रखी नहीं गई; दूसरे शब्द आज़माएँ।",
    }
