using MeterFirmware.Basics;
using MeterFirmware.Dlt698;
using MeterFirmware.Firmware.Tests.Dlt645;

namespace MeterFirmware.Firmware.Tests.Dlt698;

/// <summary>A meter whose data are those of the published answers.</summary>
public sealed class FakeDlt698Meter : IDlt698Meter
{
    // Object and its data.
    private static readonly string[] _data =
    {
        "00100201", "06 00 01 E2 40",
        "00100200", "01 05 06 00 01 E2 40 06 00 00 27 10 06 00 00 4E 20 06 00 00 75 30 06 00 00 F7 E0",
        "00100401", "15 00 00 00 00 00 BC 61 4E",
        "00110201", "06 00 06 1A 80",
        "10100201", "02 02 06 00 00 30 39 1C 07 EA 0A 05 0C 1E 00",
        "20170200", "05 00 00 30 39",
        "40000200", "1C 07 EA 0A 07 0E 10 1A",
        "400C0200", "02 05 11 01 11 01 11 08 11 04 11 00",
        "40300200", "02 04 12 07 BC 12 06 54 12 08 98 12 06 E0",
        "20000200", "01 03 12 09 6D 12 09 6D 12 09 6D",
        "20010200", "01 03 05 00 00 03 E8 05 00 00 03 E8 05 00 00 03 E8",
        "20040200", "01 04 05 00 00 1B 58 05 00 00 09 1D 05 00 00 09 1E 05 00 00 09 1D",
        "40010200", "09 06 00 00 00 00 00 00",
    };

    // Record, freeze time or event number, then object and data by turns.
    private static readonly string[][] _rows =
    {
        new[]
        {
            "5004", "2016-01-20", "20210200", "1C 07 E0 01 14 00 00 00",
            "00100200", "01 05 06 00 00 00 00 06 00 00 00 00 06 00 00 00 00 06 00 00 00 00 06 00 00 00 00",
        },
        new[]
        {
            "5004", "2026-10-03", "00100201", "06 00 01 E0 78", "20000201", "12 09 65", "20010201", "05 00 00 13 74",
        },
        new[]
        {
            "5004", "2026-10-05", "00100201", "06 00 01 E2 40", "20000201", "12 09 6D", "20010201", "05 00 00 13 88",
        },
        new[]
        {
            "3011", "1", "20220200", "06 00 00 00 01", "201E0200", "1C 07 EA 0A 05 08 00 00",
            "20200200", "1C 07 EA 0A 05 08 00 1E",
        },
    };

    private const int Minute = 0x5002;

    private int _open;
    private int _row;

    public byte[] Address { get; } = new byte[6];

    public int WaitingReport { get; set; }

    /// <summary>Objects that were set and methods that were run, as text.</summary>
    public string Done { get; private set; } = "";

    public bool HasClock { get; set; } = true;

    /// <summary>Length of the object 4003.</summary>
    public int LongBytes { get; set; } = 1_000;

    /// <summary>Rows of 5002, a second apart; each keeps nothing.</summary>
    public int EmptyRows { get; set; }

    /// <summary>False: those rows have neither time nor number.</summary>
    public bool HasKeys { get; set; } = true;

    /// <summary>Rows of 5002 that were looked at.</summary>
    public int Visits { get; set; }

    public void BeginAnswer()
    {
    }

    /// <summary>2026-10-07 14:16:26.</summary>
    public bool TryReadClock(out long localSeconds)
    {
        localSeconds = 1_791_382_586;
        return HasClock;
    }

    public int Get(int oad, Dlt698Writer writer)
    {
        string text = Text(oad);
        if (text == "40030200")
        {
            writer.Byte(Dlt698Tag.Octets);
            writer.Length(LongBytes);
            for (int i = 0; i < LongBytes; i++)
            {
                writer.Byte(i);
            }

            return Dlt698Error.None;
        }

        for (int i = 0; i < _data.Length; i += 2)
        {
            if (_data[i] == text)
            {
                Write(_data[i + 1], writer);
                return Dlt698Error.None;
            }
        }

        return Dlt698Error.NoObject;
    }

    public int Set(int oad, Dlt698Reader data, int client)
    {
        if (oad == 0x41010200 || oad == 0x40000300)
        {
            return Dlt698Error.Refused;
        }

        Done += Text(oad) + " ";
        return Dlt698Error.None;
    }

    public int Act(int omd, Dlt698Reader data, int client)
    {
        Done += "act " + Text(omd) + " ";
        return omd == 0x20000100 ? Dlt698Error.Refused : Dlt698Error.None;
    }

    public int OpenRecord(int oad, long fromLocalSeconds, int last, bool isSingle)
    {
        _open = (oad >> 16) & 0xFFFF;
        _row = -1;
        if (_open == Minute)
        {
            _row = fromLocalSeconds > 0 ? (int)fromLocalSeconds - 1 : -1;
            return Dlt698Error.None;
        }

        int count = 0;
        for (int i = 0; i < _rows.Length; i++)
        {
            count += _rows[i][0] == Text(oad).Substring(0, 4) ? 1 : 0;
        }

        for (int skip = last > 0 ? count - last : 0; skip > 0 && TryNextRow(); skip--)
        {
        }

        _row = isSingle && last > count ? _rows.Length : _row;
        return count > 0 ? Dlt698Error.None : Dlt698Error.NoObject;
    }

    public bool TryNextRow()
    {
        if (_open == Minute)
        {
            Visits++;
            _row++;
            return _row < EmptyRows;
        }

        for (_row++; _row < _rows.Length; _row++)
        {
            if (_rows[_row][0] == Text(_open << 16).Substring(0, 4))
            {
                return true;
            }
        }

        return false;
    }

    public bool TryRowKey(int oi, out long value)
    {
        if (_open == Minute)
        {
            value = _row;
            return HasKeys && oi == Dlt698Oi.FreezeTime;
        }

        string key = _rows[_row][1];
        value = key.Length == 1 ? key[0] - '0'
            : CivilTime.DaysFromDate(Digits(key, 0, 4), Digits(key, 5, 2), Digits(key, 8, 2)) * 86_400L;
        return oi == (key.Length == 1 ? Dlt698Oi.EventNumber : Dlt698Oi.FreezeTime);
    }

    public int Column(int oad, int index)
    {
        string[] row = _rows[_rows.Length - 1];
        return oad >> 16 != 0x3011 || 2 + 2 * index >= row.Length ? 0
            : index == 0 ? 0x20220200 : index == 1 ? 0x201E0200 : 0x20200200;
    }

    public void WriteColumn(int oad, Dlt698Writer writer)
    {
        if (_open == Minute)
        {
            writer.Null();
            return;
        }

        string[] row = _rows[_row];
        for (int i = 2; i < row.Length; i += 2)
        {
            if (row[i] == Text(oad))
            {
                Write(row[i + 1], writer);
                return;
            }
        }

        writer.Null();
    }

    /// <summary>The password is "00123456"; "04123456" may write and not act.</summary>
    public int Login(byte[] bytes, int offset, int count, long nowMs)
    {
        bool isRight = count == 8 && bytes[offset + 7] == '6';
        return !isRight ? -1 : bytes[offset + 1] == '4' ? Dlt698Rights.Write : Dlt698Rights.Write | Dlt698Rights.Act;
    }

    public void ReportTaken(int oad)
    {
        Done += "taken " + Text(oad) + " ";
        WaitingReport = oad == WaitingReport ? 0 : WaitingReport;
    }

    public void ForgetDone() => Done = "";

    private static int Digits(string text, int at, int count)
    {
        int value = 0;
        for (int i = 0; i < count; i++)
        {
            value = value * 10 + text[at + i] - '0';
        }

        return value;
    }

    private static void Write(string hex, Dlt698Writer writer)
    {
        byte[] bytes = Dlt645Bytes.Of(hex);
        writer.Copy(bytes, 0, bytes.Length);
    }

    private static string Text(int oad)
    {
        byte[] bytes = { (byte)(oad >> 24), (byte)(oad >> 16), (byte)(oad >> 8), (byte)oad };
        string text = Dlt645Bytes.Text(bytes, 0, 4);
        return text.Substring(0, 2) + text.Substring(3, 2) + text.Substring(6, 2) + text.Substring(9, 2);
    }
}
