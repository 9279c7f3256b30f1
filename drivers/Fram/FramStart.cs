using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Fram;

/// <summary>The FRAM that a board owns.</summary>
public sealed class FramStart : IStoreSource
{
    private const int AttemptsMax = 3;

    private readonly FramBlockStore _store;

    /// <summary>Touches nothing.</summary>
    public FramStart(IRegisterBus bus, FramSettings settings)
    {
        _store = new FramBlockStore(bus, settings);
    }

    /// <summary>Opens the store; a chip that holds none is formatted. Throws when nobody answers, and when it holds a
    /// store of another geometry: registers that are there but cannot be read must not begin at 0, so the board starts
    /// again until it can.</summary>
    public IBlockStore Open()
    {
        FramState state = FramState.Missing;
        for (int i = 0; i < AttemptsMax && state == FramState.Missing; i++)
        {
            state = _store.Open();
        }

        if (state == FramState.Unformatted)
        {
            state = _store.Format();
        }

        Invariant.Require(state != FramState.Other, "FRAM: it holds another board's store");
        Invariant.Require(state == FramState.Ready, "FRAM: it does not answer, and holds the registers");
        return _store;
    }
}
