namespace MeterFirmware.Tools.MeterCtl.Simulation;

/// <summary>The count of `meterctl simulate`, in interval, event and session records: design/cli.md.</summary>
/// <param name="Produced">Record numbers that the devices gave out.</param>
/// <param name="Acknowledged">Of these, acknowledged by the head-end and not dropped.</param>
/// <param name="Pending">Of these, still in journals.</param>
/// <param name="Resent">Records sent more than once.</param>
/// <param name="Dropped">Numbers that a journal gave up and reported.</param>
/// <param name="StoredByHeadEnd">Records in the head-end's store; null without one.</param>
/// <param name="Lost">Produced and neither stored nor pending nor dropped; null without a head-end.</param>
/// <param name="Doubled">Stored twice; null without a head-end.</param>
/// <param name="DeliveredAgain">Records that reached the head-end more than once; null without one.</param>
/// <param name="Connections">Connection attempts of all devices.</param>
/// <param name="SimulatedHours">Simulated time of the device that came least far.</param>
/// <param name="Acknowledgements">signed: devices took no other ones; plain: they have no secret.</param>
/// <param name="Seconds">Time on the wall.</param>
public sealed record SimulateResult(
    long Produced,
    long Acknowledged,
    long Pending,
    long Resent,
    long Dropped,
    long? StoredByHeadEnd,
    long? Lost,
    long? Doubled,
    long? DeliveredAgain,
    long Connections,
    double SimulatedHours,
    string Acknowledgements,
    double Seconds);
