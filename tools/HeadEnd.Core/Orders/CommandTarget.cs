namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>One device of an order.</summary>
/// <param name="Address">Of the device.</param>
/// <param name="State">One of <see cref="TargetStates"/>.</param>
/// <param name="MessageId">Number of the signed message; 0: none was made.</param>
/// <param name="Sent">When; null: it was not.</param>
/// <param name="Answered">When the answer came; null: none did.</param>
/// <param name="Answer">What the device said, or why nothing was sent.</param>
public sealed record CommandTarget(
    string Address, string State, long MessageId, DateTimeOffset? Sent, DateTimeOffset? Answered, string Answer);
