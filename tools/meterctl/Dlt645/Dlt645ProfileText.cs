using MeterFirmware.Dlt645;
using F = MeterFirmware.Dlt645.Dlt645Format;

namespace MeterFirmware.Tools.MeterCtl.Dlt645;

/// <summary>Explains load-profile records: A0 A0, length, time, six sections each ended by AA, checksum, E5.</summary>
public static class Dlt645ProfileText
{
    /// <summary>Adds the values of every record; returns the failed check or null.</summary>
    public static string? TryExplain(byte[] data, int offset, int count, List<Dlt645Value> values)
    {
        int at = offset;
        int end = offset + count;
        while (at < end)
        {
            if (end - at < Dlt645Profile.Overhead || data[at] != 0xA0 || data[at + 1] != 0xA0)
            {
                return $"load profile: expected A0A0 at data byte {at - offset}";
            }

            int length = data[at + 2];
            int checksumAt = at + 3 + length;
            if (checksumAt + 1 >= end || data[checksumAt + 1] != 0xE5)
            {
                return $"load profile: expected E5 {length + 1} bytes behind the length at data byte {at + 2 - offset}";
            }

            int sum = 0;
            for (int i = at; i < checksumAt; i++)
            {
                sum += data[i];
            }

            if ((byte)sum != data[checksumAt])
            {
                return $"load profile: checksum expected {(byte)sum:X2}, found {data[checksumAt]:X2}";
            }

            if (!TryRecord(data, at + 3, checksumAt, values))
            {
                return $"load profile: sections of the record at data byte {at - offset} do not fit";
            }

            at = checksumAt + 2;
        }

        return null;
    }

    private static bool TryRecord(byte[] data, int at, int end, List<Dlt645Value> values)
    {
        Add("time", F.TimeToMinute, data, at, values);
        at += 5;
        for (int section = 1; section <= Dlt645Profile.SectionCount; section++)
        {
            for (int f = 0; f < Dlt645Profile.FieldCountOf(section); f++)
            {
                if (at >= end)
                {
                    return false;
                }

                if (f == 0 && data[at] == Dlt645Protocol.Wildcard)
                {
                    break;
                }

                int format = Dlt645Profile.FormatOf(section, f);
                if (at + F.BytesOf(format) > end)
                {
                    return false;
                }

                Add(Dlt645Names.Of(Dlt645Profile.IdentifierOf(section, f)), format, data, at, values);
                at += F.BytesOf(format);
            }

            if (at >= end || data[at] != Dlt645Protocol.Wildcard)
            {
                return false;
            }

            at++;
        }

        return at == end;
    }

    private static void Add(string name, int format, byte[] data, int at, List<Dlt645Value> values) =>
        values.Add(Dlt645FieldText.Read(name, format, data, at));
}
