namespace MeterFirmware.Boards.Simulator.Chaos;

/// <summary>What a fault did, one row of the table.</summary>
/// <param name="Fault">Its name, stable.</param>
/// <param name="Cases">How many times it was made to happen.</param>
/// <param name="Lost">Confirmed records, commands or energy beyond the promise that were lost without a word.</param>
/// <param name="Doubled">Records there twice, or commands done twice.</param>
/// <param name="Detail">The figure that matters.</param>
public sealed record ChaosResult(string Fault, long Cases, long Lost, long Doubled, string Detail)
{
    public bool Survived => Lost == 0 && Doubled == 0;
}
