"""An independent bill: exact fractions over the raw tariff document, minute by minute. It shares no code with the
bill engine. stdin: a list of jobs {tariff, zone, start, step, import, export, generation, reactive, from, until, kva,
agreedKw, powerFactor, usedKwh, charging, occupied, reserved, announced, prices, peaks}; argv[1]: calendars.json.
stdout: for each job a list of lines [section, kind, name, cost in 0.0001]."""
import json
import sys
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction as F
from zoneinfo import ZoneInfo

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MICROJOULES_PER_KWH = 3_600_000_000_000


def rounded(value):
    """Half away from zero, in ten-thousandths."""
    value = F(value) * 10_000
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole


def millionth(value):
    whole = (2 * abs(value.numerator) * 1_000_000 + value.denominator) // (2 * value.denominator)
    return F(whole if value >= 0 else -whole, 1_000_000)


def zone_of(text):
    if text[0] in "+-":
        sign = -1 if text[0] == "-" else 1
        return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[4:6])))
    return ZoneInfo(text)


def season_of(seasons, day):
    chosen = seasons[-1]
    for season in seasons:
        month, first = map(int, season["from"].split("-"))
        if (month, first) <= (day.month, day.day):
            chosen = season
    return chosen


class Schedule:
    def __init__(self, doc, calendars, announced=()):
        self.doc = doc
        kinds = {one["name"]: one for one in doc.get("announced", [])}
        self.announced = {date.fromisoformat(day): (kinds[name], told)
                          for day, name, told in announced if name in kinds}
        self.special, self.known = {}, {}
        given = {}
        for entry in doc.get("holidays", []):
            if "calendar" in entry:
                for year in calendars[entry["calendar"]]["years"].values():
                    for span in year["rest"]:
                        first, last = (date.fromisoformat(text) for text in span.split(".."))
                        while first <= last:
                            self.special[first] = entry["day"]
                            first += timedelta(days=1)
                    for text in year["work"]:
                        self.special[date.fromisoformat(text)] = None
            else:
                first = date.fromisoformat(entry.get("from", entry.get("date")))
                last = date.fromisoformat(entry.get("to", entry.get("date")))
                while first <= last:
                    given[first] = entry["day"]
                    first += timedelta(days=1)
        self.special.update(given)
        self.minutes = {}
        for name, periods in doc["days"].items():
            row = []
            for start, rate in periods:
                at = int(start[:2]) * 60 + int(start[3:])
                row += [row[-1] if row else None] * (at - len(row)) + [rate]
            self.minutes[name] = row + [row[-1]] * (1440 - len(row))

    def day(self, day):
        """Season and minutes of a date; kept, because a year has few and a load asks for each minute."""
        if day not in self.known:
            season = season_of(self.doc["seasons"], day)
            if day in self.special:
                table = self.special[day] or season["weekday"]
            else:
                name = DAYS[day.weekday()]
                table = season.get("days", {}).get(name) or season["weekend" if day.weekday() > 4 else "weekday"]
            self.known[day] = season, self.minutes[table]
        return self.known[day]


    def rate(self, day, at, second):
        """The rate of a minute; an announced day goes first, from its begin and from its announcement on."""
        for one, wanted in ((day, lambda begin: at >= begin), (day - timedelta(days=1), lambda begin: at < begin)):
            kind, told = self.announced.get(one, (None, None))
            if kind:
                begins = kind.get("begins", "00:00")
                if wanted(int(begins[:2]) * 60 + int(begins[3:])):
                    if told is None or second >= told:
                        return self.minutes[kind["day"]][at]
                    break
        return self.day(day)[1][at]


def prices_of(doc, season, base):
    if base is not None:
        fixed, floating = F(base.get("fixed", "0")), F(base["floating"])
        return {rate: millionth(floating * F(ratio)) + fixed for rate, ratio in doc["ratios"].items()}
    return {rate: F(price) for rate, price in season.get("prices", doc.get("prices")).items()}


def tier_begin(doc, day):
    tiers = doc["tiers"]
    if tiers["period"] == "day":
        return day
    if tiers["period"] == "month":
        return day.replace(day=1)
    if tiers["period"] == "year":
        month = tiers.get("startMonth", 1)
        return date(day.year if day.month >= month else day.year - 1, month, 1)
    month, first = map(int, season_of(doc["seasons"], day)["from"].split("-"))
    return date(day.year if (month, first) <= (day.month, day.day) else day.year - 1, month, first)


def thresholds(doc, day):
    steps = [F(step["fromKwh"]) for step in doc["tiers"]["steps"]]
    if doc["tiers"].get("seasons"):
        steps = [F(value) for value in season_of(doc["tiers"]["seasons"], day)["fromKwh"]]
    return steps


def power_factor_percent(standard, hundredths):
    """The rule of the table, written as a rule."""
    if hundredths >= standard:
        small = {90: [(95, "0.15")], 85: [(90, "0.10"), (94, "0.15")], 80: [(90, "0.10"), (92, "0.15")]}[standard]
        total, at = F(0), standard
        for end, step in small:
            while at < min(end, hundredths):
                at += 1
                total -= F(step)
        return total
    total, at = F(0), standard
    while at > hundredths:
        at -= 1
        below = standard - at
        total += F(1, 2) if below <= 20 else F(1) if below <= 25 else F(2)
    return total


class Section:
    def __init__(self, first, base):
        self.first, self.base, self.days = first, base, 0
        self.energy, self.cost = {}, {}
        self.export_energy, self.export_cost = {}, {}
        self.active = self.reactive = 0
        self.blocks = {}


def local_of(second, zone):
    local = datetime.fromtimestamp(second, zone)
    return local.date(), local.hour * 60 + local.minute


def listed(job, second):
    """The list's price for imported and for exported energy at a moment."""
    prices = job.get("prices")
    slot = (second - prices["start"]) // prices["step"] if prices else -1
    if slot < 0 or slot >= len(prices["import"]) or prices["import"][slot] is None:
        return None, None
    price, own = F(prices["import"][slot]), prices["export"][slot]
    return price, price if own is None else F(own)


def runs_of(job, zone, schedule, own):
    """The load as runs of minutes in one interval, day, rate and list price:
    (interval, is its begin, day, rate, paid, listed, listed for export, minutes)."""
    for index in range(len(job["import"])):
        run = None
        for minute in range(job["step"] // 60):
            second = job["start"] + index * job["step"] + minute * 60
            day, at = local_of(second, zone)
            key = day, schedule.rate(day, at, second), own.rate(day, at, second) if own else None, *listed(job, second)
            if run and run[0] == key:
                run[2] += 1
            else:
                if run:
                    yield index, run[1], *run[0], run[2]
                run = [key, minute == 0, 1]
        yield index, run[1], *run[0], run[2]


def book_import(doc, state, day, rate, energy, price, whole, section):
    """Energy at one rate of one day, through the tiers; whole: a list's price, which no tier comes on top of."""
    section.energy[rate] = section.energy.get(rate, 0) + energy
    if "tiers" not in doc:
        section.cost[rate] = section.cost.get(rate, 0) + energy * price
        return
    begin = tier_begin(doc, day)
    if state["begin"] != begin:
        state["used"] = state["used"] if state["begin"] is None else F(0)
        state["begin"] = begin
    steps = thresholds(doc, day)
    while True:
        tier = max(i for i, threshold in enumerate(steps) if state["used"] >= threshold)
        part = min(energy, steps[tier + 1] - state["used"]) if tier + 1 < len(steps) else energy
        add = F(0) if whole else F(doc["tiers"]["steps"][tier]["add"].get(rate, "0"))
        section.cost[rate] = section.cost.get(rate, 0) + part * (price + add)
        state["used"] += part
        energy -= part
        if energy == 0:
            return


def book(doc, job, calendars):
    """The load into its sections, those before the period apart: they count for the tiers and for what is carried."""
    schedule = Schedule(doc, calendars, job.get("announced", ()))
    rule = doc.get("priceList", {})
    own = Schedule(doc["discharge"], calendars, job.get("announced", ())) if "discharge" in doc else None
    first, until = date.fromisoformat(job["from"]), date.fromisoformat(job["until"])
    minutes, block = job["step"] // 60, max(900, job["step"])
    earlier, sections, state, prices = {}, {}, {"used": F(job.get("usedKwh", "0")), "begin": None}, {}
    bases = doc.get("basePrices", [])
    runs = runs_of(job, zone_of(job["zone"]), schedule, own)
    for index, is_begin, day, rate, paid, price_in, price_out, count in runs:
        if day >= until:
            break
        if day not in prices:
            base = max((i for i, one in enumerate(bases) if date.fromisoformat(one["from"]) <= day), default=None)
            prices[day] = base, ({name: F(0) for name in doc["rates"]} if day < first else prices_of(
                doc, schedule.day(day)[0], bases[base] if base is not None else None))
        base, price = prices[day]
        whole = None
        if rule and price_in is not None:
            whole = millionth(F(rule.get("factor", "1")) * price_in) + F(rule.get("add", {}).get(rate, "0"))
            whole = min(whole, F(rule.get("maximum", whole)))
        section = (sections if day >= first else earlier).setdefault((day.year, day.month, base), Section(day, base))
        energy = job["import"][index]
        if is_begin:
            section.active += energy
            section.reactive += job["reactive"][index] if job.get("reactive") else 0
            start = job["start"] + index * job["step"]
            for second in range(start, start + job["step"], block if job["step"] >= block else 60):
                begin, part = (second, energy) if job["step"] >= block else (second // 900, F(energy, minutes))
                section.blocks[begin] = section.blocks.get(begin, 0) + part
        book_import(doc, state, day, rate, F(energy * count, minutes * MICROJOULES_PER_KWH),
                    price[rate] if whole is None else whole, whole is not None, section)
        if job.get("export"):
            table = own.day(day)[0].get("prices", doc["discharge"]["prices"]) if own else doc.get("exportPrices", {})
            energy, name = F(job["export"][index] * count, minutes * MICROJOULES_PER_KWH), paid if own else rate
            price_export = F(table.get(name, "0"))
            if price_out is not None and "exportFactor" in rule:
                price_export = millionth(F(rule["exportFactor"]) * price_out)
            section.export_energy[name] = section.export_energy.get(name, 0) + energy
            section.export_cost[name] = section.export_cost.get(name, 0) + energy * price_export
    return list(earlier.values()), list(sections.values())


def end_of(doc, section, limit):
    """First day behind a section: the month's end, a base price's begin, or the limit."""
    bases = [date.fromisoformat(one["from"]) for one in doc.get("basePrices", [])]
    month = (section.first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return min([month, limit] + [begin for begin in bases if begin > section.first])


def capacity(doc, job, section, share):
    rule = doc["capacityCharge"]
    kva, agreed = F(job.get("kva", "0")), F(job.get("agreedKw", "0"))
    block = max(900, job["step"])
    demand = max([millionth(F(energy, 1_000_000_000 * block)) for energy in section.blocks.values()], default=F(0))
    if rule["by"] == "kva":
        billed = kva
    elif rule["by"] == "actual-demand":
        billed = demand
    else:
        excess = demand - agreed * F(rule.get("freePercent", "105")) / 100
        billed = agreed + max(F(0), excess) * F(rule.get("excessFactor", "2"))
    billed = max(billed, kva * F(rule.get("floorPercentOfKva", "0")) / 100)
    price = F(rule["perMonth"])
    discount = rule.get("discount")
    if discount and sum(section.energy.values()) >= F(discount["fromKwhPerKva"]) * kva * share:
        price *= F(discount["percent"]) / 100
    return billed * price * share


def peak_blocks(charge, job, zone, schedule):
    """Energies in µJ of the blocks that count, by local date."""
    step, found = job["step"], {}
    if charge["by"] == "coincident":
        length = charge.get("minutes", 15) * 60
        end = job["start"] + step * len(job["import"])
        for peak in job.get("peaks", []):
            if peak >= job["start"] and peak + length <= end:
                parts = [F(job["import"][(second - job["start"]) // step], step // 60)
                         for second in range(peak, peak + length, 60)]
                found.setdefault(local_of(peak, zone)[0], []).append(sum(parts))
        return length, found
    length, blocks = max(charge.get("minutes", 15) * 60, step), {}
    for index, energy in enumerate(job["import"]):
        for minute in range(step // 60):
            second = job["start"] + index * step + minute * 60
            key = job["start"] + index * step if length == step else second - local_of(second, zone)[1] * 60 % length
            blocks[key] = blocks.get(key, 0) + F(energy, step // 60)
    for key, energy in blocks.items():
        day, at = local_of(key, zone)
        if "rates" not in charge or schedule.rate(day, at, key) in charge["rates"]:
            found[day] = [max(found.get(day, [F(0)])[0], energy)]
    return length, found


def peak_demand(charge, length, found, first, end):
    demands, month = [], first.replace(day=1)
    for back in range(charge.get("months", 1)):
        since, until = (first, end) if back == 0 else (month, after)
        counted = [energy for day, energies in found.items() if since <= day < until for energy in energies]
        if charge["by"] == "highest":
            counted = sorted(counted, reverse=True)[:charge.get("days", 1)]
        if counted:
            demands.append(millionth(F(sum(counted), len(counted)) / length / 1_000_000_000))
        after, month = month, (month - timedelta(days=1)).replace(day=1)
    return millionth(F(sum(demands), len(demands))) if demands else F(0)


def net_lines(doc, section, end, carried):
    rule, lines = doc["export"], []
    surplus = rule.get("surplus", "carry")
    for rate in doc["rates"]:
        imported, available = section.energy.get(rate, 0), section.export_energy.get(rate, 0) + carried.get(rate, 0)
        offset = min(imported, available)
        rest = available - offset
        settled = surplus == "paid" or section.first.month == rule.get("settlementMonth") != end.month
        carried[rate] = rest if surplus == "carry" and not settled else 0
        credit = section.cost.get(rate, 0) * offset / imported if imported else 0
        lines.append(("export", rate, -rounded(credit)))
        if settled:
            lines.append(("export", rate + ", surplus", -rounded(rest * F(doc["exportPrices"][rate]))))
    return lines


def stay_lines(doc, job, section, until):
    """Reservation before the load, occupancy after it."""
    lines = []
    for name, minutes, at_end in (("reservation", job.get("reserved", 0), False),
                                  ("occupancy", job.get("occupied", 0), True)):
        fee = doc.get(name + "Fee")
        if fee and minutes and job.get("charging") and job["isLast" if at_end else "isFirst"]:
            cost = max(0, minutes - fee.get("freeMinutes", 0)) * F(fee["perMinute"])
            most = F(fee.get("maximum", "0"))
            lines.append(("service", name + " fee", rounded(min(cost, most) if most > 0 else cost)))
    return lines


def lines_of(doc, job, section, until, zone, schedule, peaks, carried):
    last = (section.first.replace(day=28) + timedelta(days=4)).replace(day=1)
    end = end_of(doc, section, until)
    days, of = (end - section.first).days, (last - section.first.replace(day=1)).days
    share, lines = F(days, of), []
    total = sum(section.energy.values())
    for rate in doc["rates"]:
        lines.append(("energy", rate, rounded(section.cost.get(rate, 0))))
    for item in doc.get("surcharges", []):
        lines.append(("surcharge", item["name"], rounded(total * F(item["perKwh"]))))
    if "capacityCharge" in doc:
        name = "capacity" if doc["capacityCharge"]["by"] == "kva" else "demand"
        lines.append(("capacity", name, rounded(capacity(doc, job, section, share))))
    for charge, (length, found) in zip(doc.get("peakCharges", []), peaks):
        demand = peak_demand(charge, length, found, section.first, end)
        billed = max(demand, F(charge.get("minimumKw", "0")))
        lines.append(("capacity", charge["name"], rounded(billed * F(charge["perMonth"]) * share)))
    if "powerFactor" in doc:
        standard = int(F(doc["powerFactor"]) * 100)
        hundredths = int(F(job.get("powerFactor", "1")) * 100)
        if job.get("reactive"):
            p, q = section.active, section.reactive
            fits = [k for k in range(1, 101) if (2 * k - 1) ** 2 * (p * p + q * q) <= (200 * p) ** 2]
            hundredths = 100 if p == q == 0 else max(fits, default=0)
        base = sum(cost for kind, _, cost in lines if kind in ("energy", "capacity"))
        percent = power_factor_percent(standard, hundredths)
        lines.append(("powerFactor", "power factor", rounded(F(base, 10_000) * percent / 100)))
    if job.get("export") and doc.get("export", {}).get("rule") == "net":
        lines += net_lines(doc, section, end, carried)
    elif job.get("export"):
        for rate in doc["discharge"]["rates"] if "discharge" in doc else doc["rates"]:
            lines.append(("export", rate, -rounded(section.export_cost.get(rate, 0))))
    if job.get("charging") and "serviceFee" in doc:
        fee = doc["serviceFee"]
        if isinstance(fee, str):
            lines.append(("service", "service fee", rounded(total * F(fee))))
        else:
            for rate in doc["rates"]:
                lines.append(("service", "service fee, " + rate, rounded(section.energy.get(rate, 0) * F(fee[rate]))))
    lines += stay_lines(doc, job, section, until)
    if "standingCharge" in doc:
        charge = doc["standingCharge"]
        cost = F(charge["perDay"]) * days if "perDay" in charge else F(charge["perMonth"]) * share
        lines.append(("standing", "standing charge", rounded(cost)))
    if "minimumCharge" in doc:
        least = rounded(F(doc["minimumCharge"]["perMonth"]) * share)
        rest = least - sum(cost for kind, _, cost in lines if kind != "export")
        lines.append(("minimum", "up to the minimum charge", max(0, rest)))
    before = list(lines)
    for tax in doc.get("taxes", []):
        kinds = tax.get("of", ["energy", "surcharge", "capacity", "powerFactor", "service", "standing", "minimum"])
        of_lines = sum(cost for kind, _, cost in before if kind in kinds)
        lines.append(("tax", tax["name"], rounded(F(of_lines, 10_000) * F(tax["percent"]) / 100)))
    return lines


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        calendars = json.load(file)
    answers = []
    for job in json.load(sys.stdin, parse_float=str):
        doc, zone = job["tariff"], zone_of(job["zone"])
        if doc.get("export", {}).get("rule") == "buy-all":
            job["import"] = [a + g - e for a, g, e in zip(job["import"], job["generation"], job["export"])]
            job["export"] = job["generation"]
        schedule = Schedule(doc, calendars, job.get("announced", ()))
        peaks = [peak_blocks(charge, job, zone, schedule) for charge in doc.get("peakCharges", [])]
        (earlier, sections), answer, carried = book(doc, job, calendars), [], {}
        for section in earlier:
            if job.get("export") and doc.get("export", {}).get("rule") == "net":
                net_lines(doc, section, end_of(doc, section, date.fromisoformat(job["from"])), carried)
        end = job["start"] + job["step"] * len(job["import"])
        for i, section in enumerate(sections):
            begin = datetime.combine(section.first, datetime.min.time(), zone).timestamp()
            job["isFirst"] = i == 0 and begin <= job["start"]
            job["isLast"] = i + 1 == len(sections) and local_of(end - 1, zone)[0] < date.fromisoformat(job["until"])
            for line in lines_of(doc, job, section, date.fromisoformat(job["until"]), zone, schedule, peaks, carried):
                answer.append([section.first.isoformat(), *line])
        answers.append(answer)
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
