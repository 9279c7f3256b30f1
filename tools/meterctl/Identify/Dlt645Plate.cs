using MeterFirmware.Dlt645;
using MeterFirmware.Tools.MeterCtl.Commands;
using MeterFirmware.Tools.MeterCtl.Dlt645;

namespace MeterFirmware.Tools.MeterCtl.Identify;

/// <summary>Name plate and registers of a DL/T 645-2007 meter.</summary>
internal static class Dlt645Plate
{
    // After so many silent ones in a row no more is asked: a meter that went away costs no minutes.
    private const int SilentMax = 3;

    private static readonly int[] _identifiers =
    [
        0x04000402, 0x04000403, 0x04000404, 0x04000405, 0x04000406, 0x04000407, 0x04000409, 0x0400040B,
        0x04800001, 0x04800002, 0x04800003, 0x0400010C, 0x00010000, 0x00020000, 0x02010100, 0x02020100, 0x02030000,
    ];

    public static void Read(Dlt645Client client, byte[] address, FoundMeter found)
    {
        int silent = 0;
        foreach (int di in _identifiers)
        {
            string name = Dlt645Names.Of(di) ?? $"{di:X8}";
            if (silent == SilentMax)
            {
                found.Values.Add(new FoundValue(name, null, "", "not asked"));
                continue;
            }

            client.TryBeginRead(address, di);
            Dlt645LineCommands.Wait(client);
            Dlt645DecodedFrame frame = Dlt645LineCommands.Explain(client, address, di);
            silent = client.Outcome == Dlt645Outcome.TimedOut ? silent + 1 : 0;
            Dlt645Value? value = frame.Values.Count > 0 ? frame.Values[0] : null;
            string? why = frame.Error ?? (frame.Refused == null ? null : string.Join(", ", frame.Refused));
            found.Values.Add(new FoundValue(name, value?.Value, value?.Unit ?? "", why, frame.Refused != null));
        }
    }
}
