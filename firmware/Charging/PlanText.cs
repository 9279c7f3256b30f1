using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>What a driver is told of the plan, in one line; the same from a charger's own plan and from its
/// site's.</summary>
public sealed class PlanText
{
    /// <summary>Room that every line fits into.</summary>
    public const int BytesMax = 96;

    private readonly CivilTime _time = new CivilTime();

    /// <summary>E.g. "waiting for 00:00, price 0.3500; ready 06:40 at the latest".</summary>
    /// <param name="startLocalSeconds">When it charges, seconds of local time; means something while it waits for a
    /// price.</param>
    /// <param name="priceMicros">Price then, millionths of the currency per kWh.</param>
    /// <param name="readyLocalSeconds">When the vehicle is ready; below 0: nobody knows.</param>
    public void Write(
        ByteTextWriter writer, PlanReason reason, long startLocalSeconds, int priceMicros, long readyLocalSeconds,
            int offerMilliamps)
    {
        switch (reason)
        {
            case PlanReason.Empty:
                writer.Raw("no vehicle");
                return;
            case PlanReason.Served:
                writer.Raw("served");
                return;
            case PlanReason.WaitingForPrice:
                writer.Raw("waiting for ");
                WriteTime(writer, startLocalSeconds);
                writer.Raw(", price ");
                writer.Scaled(priceMicros / 100, 4);
                break;
            case PlanReason.WaitingForCapacity:
                writer.Raw("waiting for a free share");
                break;
            default:
                writer.Raw(reason == PlanReason.Boost ? "boost, " : reason == PlanReason.Late ? "late, "
                    : "charging, ");
                writer.Scaled(offerMilliamps / 100, 1);
                writer.Raw(" A");
                break;
        }

        if (readyLocalSeconds < 0)
        {
            return;
        }

        bool waits = reason == PlanReason.WaitingForPrice || reason == PlanReason.WaitingForCapacity;
        writer.Raw("; ready ");
        WriteTime(writer, readyLocalSeconds);
        writer.Raw(waits ? " at the latest" : "");
    }

    private void WriteTime(ByteTextWriter writer, long localSeconds)
    {
        _time.Set(localSeconds);
        writer.Padded(_time.Hour, 2);
        writer.Byte((byte)':');
        writer.Padded(_time.Minute, 2);
    }
}
