using MeterFirmware.Tools.HeadEnds.Orders;
using MeterFirmware.Tools.HeadEnds.Web.Signing;

namespace MeterFirmware.HeadEnds.Tests.Orders;

/// <summary>The signing service's desk without the socket.</summary>
internal sealed class DeskSigner(SigningDesk desk) : ICommandSigner
{
    public bool IsAway { get; set; }

    public Task<SignedCommand> SignAsync(CommandOrder order, string device, long above, int validSeconds,
        CancellationToken cancel)
    {
        SigningAnswer answer = IsAway ? new SigningAnswer(0, null, "away", IsLater: true)
            : desk.Sign(new SigningRequest(
                "t", device, order.Role, order.Command, order.Arguments, above, validSeconds));
        return answer.Message != null ? Task.FromResult(new SignedCommand(answer.Id, answer.Message))
            : throw new SignerException(answer.Error!, answer.IsLater);
    }
}
