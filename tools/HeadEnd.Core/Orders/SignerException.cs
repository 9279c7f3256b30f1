namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>Nothing was signed.</summary>
/// <param name="message">Why.</param>
/// <param name="isLater">True: the same may be signed later; the service is away, or busy.</param>
public sealed class SignerException(string message, bool isLater) : Exception(message)
{
    /// <summary>The same may be signed later.</summary>
    public bool IsLater { get; } = isLater;
}
