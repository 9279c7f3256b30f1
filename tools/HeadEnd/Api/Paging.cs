namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Cursor paging: the cursor is the key of the last item, so that a page neither doubles nor leaves out what
/// is there the whole time.</summary>
internal static class Paging
{
    public const int LimitMax = 1_000;
    private const int LimitDefault = 100;

    /// <summary>Checks a limit. False: a problem to answer with.</summary>
    public static bool TryLimit(int? asked, out int limit, out IResult problem)
    {
        limit = asked ?? LimitDefault;
        problem = Results.Problem($"limit: 1 to {LimitMax} was expected", statusCode: StatusCodes.Status400BadRequest);
        return limit is >= 1 and <= LimitMax;
    }

    /// <summary>Makes a page of up to one more item than asked for.</summary>
    public static Page<T> Of<T>(IReadOnlyList<T> found, int limit, Func<T, string> key) =>
        found.Count > limit ? new Page<T>([.. found.Take(limit)], key(found[limit - 1])) : new Page<T>(found, null);
}
