namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>Signs commands; holds the keys somewhere else.</summary>
public interface ICommandSigner
{
    /// <summary>Signs a command for one device.</summary>
    /// <param name="order">What is ordered.</param>
    /// <param name="device">Address.</param>
    /// <param name="above">The message's number is larger.</param>
    /// <param name="validSeconds">How long it is good.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="SignerException">It does not sign this, or nothing now.</exception>
    Task<SignedCommand> SignAsync(CommandOrder order, string device, long above, int validSeconds,
        CancellationToken cancel);
}
