using MeterFirmware.Basics;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>How far a device's numbers are settled, and how it wants to be told.</summary>
/// <param name="Device">Its address.</param>
/// <param name="Journal">The journal that the number is of; empty: a nameless one.</param>
/// <param name="UpTo">Every number up to this is settled.</param>
/// <param name="IsPlain">The device speaks 1.0: it refuses an acknowledgement with more than device and number.</param>
internal sealed record Settlement(string Device, string Journal, long UpTo, bool IsPlain)
{
    /// <summary>The message of the ack topic.</summary>
    /// <param name="key">The device's acknowledgement key; null: nobody gave us one, so it goes without mac.</param>
    public string Message(byte[]? key)
    {
        if (IsPlain)
        {
            return $$"""{"device":"{{Device}}","upTo":{{UpTo}}}""";
        }

        string journal = Journal.Length == 0 ? "" : $"\"journal\":\"{Journal}\",";
        return $"{{\"device\":\"{Device}\",{journal}\"upTo\":{UpTo}{Mac(key)}}}";
    }

    private string Mac(byte[]? key)
    {
        if (key == null)
        {
            return "";
        }

        HmacSha256 hmac = new();
        hmac.SetKey(key, 0, key.Length);
        byte[] mac = new AcknowledgementMac(Device).Of(hmac, Journal, UpTo);
        return $",\"mac\":\"{Convert.ToHexStringLower(mac, 0, AcknowledgementMac.Bytes)}\"";
    }
}
