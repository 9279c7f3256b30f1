namespace MeterFirmware.Hardware;

/// <summary>Memory that a board has to open before it is one.</summary>
public interface IStoreSource
{
    /// <summary>Throws when it does not answer: what it holds must not begin anew.</summary>
    IBlockStore Open();
}
