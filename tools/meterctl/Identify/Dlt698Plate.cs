using MeterFirmware.Tools.MeterCtl.Dlt698;

namespace MeterFirmware.Tools.MeterCtl.Identify;

/// <summary>Name plate and registers of a DL/T 698.45 meter.</summary>
internal static class Dlt698Plate
{
    private const int SilentMax = 3;

    private static readonly string[] _objects =
    [
        "40010200", "40020200", "41030200", "41040200", "41050200", "41060200", "41070200", "41090200", "410B0200",
        "40000200", "00100201", "00200201", "20000201", "20010201", "20040201", "200F0200",
    ];

    public static void Read(Dlt698LineClient client, FoundMeter found)
    {
        int silent = 0;
        foreach (string oad in _objects)
        {
            byte[] bytes = Convert.FromHexString(oad);
            string name = Dlt698Words.Object(bytes)[9..];
            if (silent == SilentMax)
            {
                found.Values.Add(new FoundValue(name, null, "", "not asked"));
                continue;
            }

            byte[]? answer = client.Ask(Dlt698Request.Get(client.NextNumber(), [bytes]));
            silent = answer == null ? silent + 1 : 0;
            Dlt698DecodedFrame? frame = answer == null ? null : Dlt698Decoder.Explain(answer, null);
            Dlt698Field? value = frame?.Fields.Find(f => f.Name is not ("piid" or "object" or "error"));
            string? why = frame == null ? client.Failure
                : frame.Error ?? (frame.Refused.Count > 0 ? frame.Refused[0] : value == null ? "no value" : null);
            bool isRefused = frame?.Refused.Count > 0;
            found.Values.Add(
                new FoundValue(name, why == null ? value?.Value : null, value?.Unit ?? "", why, isRefused));
        }
    }
}
