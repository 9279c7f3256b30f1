using MeterFirmware.Basics;
using MeterFirmware.Carbon;
using MeterFirmware.Commands;
using MeterFirmware.History;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SmartMeter;

/// <summary>Commands that set <see cref="MeterTerms"/>, and the top-up. Checked whole before anything
/// changes.</summary>
internal sealed class TermCommands
{
    private const long WholeYear = 1_000_000_000;
    private static readonly string[] _days = { "day1", "day2", "day3" };
    private static readonly string[] _hours = { "hour1", "hour2", "hour3" };

    private readonly SmartMeterProduct _product;
    private readonly MeterTerms _terms;
    private readonly MeterRecorder _recorder;
    private readonly RefusalNote _note;
    private readonly SettlementDates _wanted = new SettlementDates();
    private readonly byte[] _before = new byte[PrepaymentAccount.StateBytes];

    public TermCommands(SmartMeterProduct product, MeterTerms terms, MeterRecorder recorder, RefusalNote note)
    {
        _product = product;
        _terms = terms;
        _recorder = recorder;
        _note = note;
    }

    /// <summary>{"number":n,"amount":decimal}: the number is the last one's plus 1, so one that comes again under
    /// another command is not booked again; durable before it is answered.</summary>
    public int TopUp(FlatJson arguments, ByteTextWriter result)
    {
        PrepaymentAccount account = _terms.Prepayment;
        if (account == null || !_terms.IsPrepaid)
        {
            return CommandRefusal.NotSupported;
        }

        if (arguments.Count != 2 || !arguments.TryGetInteger("number", out long number)
            || !TryGetMoney(arguments, "amount", out long amount))
        {
            return CommandRefusal.BadArgument;
        }

        if (number != account.LastTopUp + 1L)
        {
            return CommandRefusal.WrongState;
        }

        _product.ChargeAccount();
        account.Save(_before, 0);
        if (!account.TryTopUp((int)number, amount, out string _))
        {
            return CommandRefusal.OutOfRange;
        }

        if (!_product.TrySave())
        {
            account.TryLoad(_before, 0);
            return CommandRefusal.StorageFailed;
        }

        _product.ChargeAccount();
        result.Name("balance");
        result.ValueMoney(account.Balance);
        return CommandRefusal.None;
    }

    /// <summary>{"alarm1","alarm2","creditLimit","reconnectAbove": decimals, "opensRelay": bool}. An account that is
    /// opened knows where the bill stands before the terms say that it is open: a loss of supply in between charges
    /// nothing.</summary>
    public int SetPrepayment(FlatJson arguments)
    {
        if (_terms.Prepayment == null)
        {
            return CommandRefusal.NotSupported;
        }

        if (arguments.Count != 5 || !TryGetMoney(arguments, "alarm1", out long alarm1)
            || !TryGetMoney(arguments, "alarm2", out long alarm2)
                || !TryGetMoney(arguments, "creditLimit", out long limit)
            || !TryGetMoney(arguments, "reconnectAbove", out long reconnect)
            || !arguments.TryGetBoolean("opensRelay", out bool opensRelay))
        {
            return CommandRefusal.BadArgument;
        }

        if (!PrepaymentAccount.AreLevels(alarm1, alarm2, limit, reconnect))
        {
            return CommandRefusal.OutOfRange;
        }

        if (!_terms.IsPrepaid)
        {
            _terms.Prepayment.StartFrom(_product.BilledEver);
            if (!_product.TrySave())
            {
                return CommandRefusal.StorageFailed;
            }
        }

        Invariant.Require(_terms.TrySetLevels(alarm1, alarm2, limit, reconnect), "The levels were checked.");
        _terms.OpensRelay = opensRelay;
        return CommandRefusal.None;
    }

    /// <summary>{"day1":1,"hour1":0,…}: one to three dates; day 31 with hour 24 is the month's end.</summary>
    public int SetSettlement(FlatJson arguments)
    {
        if (!_terms.HasRecorder)
        {
            return CommandRefusal.NotSupported;
        }

        int count = arguments.Count / 2;
        if (count < 1 || count > SettlementDates.CountMax || arguments.Count % 2 != 0)
        {
            return CommandRefusal.BadArgument;
        }

        _wanted.Clear();
        for (int i = 0; i < count; i++)
        {
            if (!arguments.TryGetInteger(_days[i], out long day) || !arguments.TryGetInteger(_hours[i], out long hour))
            {
                return CommandRefusal.BadArgument;
            }

            if (day < 1 || day > SettlementDates.MonthEnd || hour < 0 || hour > 24
                || !_wanted.TryAdd((int)day, (int)hour))
            {
                return CommandRefusal.OutOfRange;
            }
        }

        _terms.Dates.Take(_wanted);
        _terms.NoteDatesChanged(CivilTime.FloorDivide(_product.Meter.UtcMs, 1000));
        return CommandRefusal.None;
    }

    /// <summary>{"watts":n}, the utility also {"watts":n,"role":"owner"}: from 0 up to what the board was commissioned
    /// for, never above.</summary>
    public int SetLoadLimit(FlatJson arguments, int role, ByteTextWriter result)
    {
        if (_terms.LoadLimit == null)
        {
            return CommandRefusal.NotSupported;
        }

        if (!LimitOwner.TryFind(arguments, role, out int owner, out int named, out int refusal))
        {
            return refusal;
        }

        if (arguments.Count != 1 + named || !arguments.TryGetInteger("watts", out long watts))
        {
            return CommandRefusal.BadArgument;
        }

        result.Name("watts");
        result.Value(watts);
        return _terms.LoadLimit.TrySet(owner, watts);
    }

    /// <summary>{"microgramsPerKwh","uncertaintyPermille","greenPermille","budgetMilligrams","budgetMicrogramsPerKwh"}:
    /// each may be left out and then stays.</summary>
    public int SetCarbon(FlatJson arguments)
    {
        int found = 0;
        bool isGood = TryTake(arguments, "microgramsPerKwh", 2 * WholeYear, _terms.Factors.YearMicrogramsPerKwh[0],
            ref found, out long factor)
            & TryTake(arguments, "uncertaintyPermille", 1000, _terms.Factors.YearUncertaintyPermille, ref found,
                out long uncertainty)
            & TryTake(arguments, "greenPermille", 1000, _recorder.Carbon.GreenPermille, ref found, out long green)
            & TryTake(arguments, "budgetMilligrams", WholeYear * WholeYear, _terms.Budget.MilligramsMax, ref found,
                out long total)
            & TryTake(arguments, "budgetMicrogramsPerKwh", 2 * WholeYear, _terms.Budget.MicrogramsPerKwhMax, ref found,
                out long intensity);
        if (found == 0 || found != arguments.Count)
        {
            return CommandRefusal.BadArgument;
        }

        if (!isGood)
        {
            return CommandRefusal.OutOfRange;
        }

        if (arguments.TryFind("microgramsPerKwh", out int _))
        {
            // One factor for all years, whatever a table said.
            _terms.Factors.Years = new int[] { _terms.Factors.Years[0] };
            _terms.Factors.YearMicrogramsPerKwh = new int[] { (int)factor };
            _terms.Factors.IsRegional = false;
        }

        _terms.Factors.YearUncertaintyPermille = (int)uncertainty;
        _recorder.Carbon.GreenPermille = (int)green;
        _terms.Budget.MilligramsMax = total;
        _terms.Budget.MicrogramsPerKwhMax = intensity;
        return CommandRefusal.None;
    }

    /// <summary>{"region":"east"}: the meter's own region; its factors come with the next table.</summary>
    public int SetRegion(FlatJson arguments, int member)
    {
        string region = arguments.TextOf(member, RegionTable.NameBytesMax);
        if (arguments.Count != 1 || region == null)
        {
            return CommandRefusal.BadArgument;
        }

        if (!RegionTable.IsName(region))
        {
            return Refuse("region: up to 12 of A-Z a-z 0-9 -");
        }

        if (_terms.Factors.IsRegional && region != _terms.Factors.Region)
        {
            // What held was the other region's.
            _terms.Factors.UseDefault();
        }

        _terms.Factors.Region = region;
        return CommandRefusal.None;
    }

    /// <summary>{"table":"base64…"}: <see cref="RegionTable"/>; answers whose factors hold and of how many
    /// years.</summary>
    public int SetFactorTable(FlatJson arguments, int member, byte[] buffer, ByteTextWriter result)
    {
        if (arguments.Count != 1 || arguments.KindOf(member) != JsonKind.Text
            || !arguments.TryGetBase64(member, buffer, 0, out int count))
        {
            return CommandRefusal.BadArgument;
        }

        string expected = RegionTable.Take(buffer, count, _terms.Factors);
        if (expected != null)
        {
            return Refuse(expected);
        }

        result.Name("region");
        result.Value(_terms.Factors.IsRegional ? _terms.Factors.Region : RegionTable.Country);
        result.Name("years");
        result.Value(_terms.Factors.Years.Length);
        return CommandRefusal.None;
    }

    /// <summary>Out of range, with what was expected.</summary>
    public int Refuse(string expected)
    {
        _note.Expected = expected;
        return CommandRefusal.OutOfRange;
    }

    private static bool TryTake(FlatJson arguments, string name, long max, long now, ref int found, out long value)
    {
        bool isThere = arguments.TryGetInteger(name, out value);
        found += isThere ? 1 : 0;
        value = isThere ? value : now;
        return value >= 0 && value <= max;
    }

    private static bool TryGetMoney(FlatJson arguments, string name, out long tenThousandths)
    {
        tenThousandths = 0;
        return arguments.TryFind(name, out int member) && arguments.TryGetScaled(member, 4, out tenThousandths);
    }
}
