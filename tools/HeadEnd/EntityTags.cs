using System.Security.Cryptography;

namespace MeterFirmware.Tools.HeadEnds.Web;

/// <summary>Gives every answer of the API to a GET an ETag of its bytes, and 304 to who has it (RFC 9110, section
/// 13.1.2).</summary>
internal static class EntityTags
{
    private const int TagBytes = 16;

    /// <summary>An answer without an end has no tag, nor has one that is too long to be held in memory.</summary>
    private static readonly string[] _streams = ["/live", "/sessions.csv"];

    public static bool IsWanted(HttpContext context) => HttpMethods.IsGet(context.Request.Method)
        && context.Request.Path.StartsWithSegments("/api")
        && !context.Request.Path.StartsWithSegments("/api/v1/export")
        && !_streams.Any(end => context.Request.Path.Value!.EndsWith(end, StringComparison.Ordinal));

    public static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        Stream wire = context.Response.Body;
        using MemoryStream answer = new();
        context.Response.Body = answer;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = wire;
        }

        if (context.Response.StatusCode == StatusCodes.Status200OK)
        {
            byte[] hash = SHA256.HashData(answer.GetBuffer().AsSpan(0, (int)answer.Length));
            string tag = $"\"{Convert.ToHexStringLower(hash.AsSpan(0, TagBytes))}\"";
            context.Response.Headers.ETag = tag;
            if (context.Request.Headers.IfNoneMatch.Contains(tag))
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                context.Response.ContentLength = null;
                return;
            }
        }

        answer.Position = 0;
        await answer.CopyToAsync(wire, context.RequestAborted);
    }
}
