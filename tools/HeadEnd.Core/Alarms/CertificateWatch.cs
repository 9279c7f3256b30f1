using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MeterFirmware.Tools.HeadEnds.Alarms;

/// <summary>Certificates that expire soon, or cannot be read, are alarms.</summary>
/// <param name="alarms">Takes them.</param>
/// <param name="limits">How soon.</param>
/// <param name="files">PEM files by the name of their setting.</param>
/// <param name="utcNow">Now.</param>
public sealed class CertificateWatch(AlarmStore alarms, AlarmLimits limits, IReadOnlyDictionary<string, string> files,
    Func<DateTimeOffset> utcNow)
{
    private static readonly TimeSpan _pause = TimeSpan.FromHours(1);

    private DateTimeOffset? _last;

    /// <summary>Reads the files, once an hour.</summary>
    public void Look()
    {
        if (_last is { } last && utcNow() - last < _pause)
        {
            return;
        }

        _last = utcNow();
        Dictionary<string, string> told = [];
        foreach ((string name, string path) in files)
        {
            if (Problem(path) is { } problem)
            {
                told[name] = $"{Path.GetFileName(path)}: {problem}";
            }
        }

        alarms.Set(AlarmKinds.Certificate, told);
    }

    private string? Problem(string path)
    {
        try
        {
            X509Certificate2Collection certificates = [];
            certificates.ImportFromPemFile(path);
            DateTimeOffset? first = certificates.Count == 0 ? null
                : certificates.Min(one => new DateTimeOffset(one.NotAfter.ToUniversalTime()));
            foreach (X509Certificate2 one in certificates)
            {
                one.Dispose();
            }

            return first == null ? "no certificate in it"
                : first < utcNow() + limits.CertificateWithin ? string.Create(
                    CultureInfo.InvariantCulture, $"{(first < utcNow() ? "expired" : "expires")} {first:yyyy-MM-dd}")
                : null;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return e.Message.ReplaceLineEndings(" ");
        }
    }
}
