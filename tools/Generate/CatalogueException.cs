namespace MeterFirmware.Tools.Generate;

/// <summary>A catalogue, or a file that text is generated into, is not as expected: names file, place and
/// expectation.</summary>
public sealed class CatalogueException(string message) : Exception(message);
