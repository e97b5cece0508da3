using System.Globalization;

namespace KernelSockets.UserApps.Network.Http;

/// <summary>What a request's conditions make of a file (RFC 9110 §13 and §14.2).</summary>
internal static class HttpConditions
{
    private const string WeakMark = "W/";

    /// <summary>Reads a date as HTTP writes it today (RFC 9110 §5.6.7).</summary>
    /// <returns>Null for what is none.</returns>
    public static DateTimeOffset? ReadDate(string text) =>
        DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    /// <summary>True when the client has what it asks for. If-None-Match has precedence over If-Modified-Since.</summary>
    public static bool IsUnchanged(HttpRequest request, HttpFile file)
    {
        if (request.NoneMatch is { } tags)
        {
            return file.Tag is { } tag && (tags == "*" || tags.Split(',').Any(other => Opaque(other.Trim()) == Opaque(tag)));
        }

        return request.ModifiedSince is { } since && file.ModifiedAt is { } modified && modified.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();
    }

    /// <summary>The part that is asked for: by GET only, and only of the file that If-Range means.</summary>
    /// <returns>False for the whole.</returns>
    public static bool TryGetRange(HttpRequest request, HttpFile file, out HttpRange range, out bool isSatisfiable)
    {
        range = default;
        isSatisfiable = true;
        return request is { Range: not null, Method: "GET" }
            && (request.RangeCondition is not { } condition || IsMeant(condition, file))
            && HttpRange.TryParse(request.Range, file.Size, out range, out isSatisfiable);
    }

    /// <summary>RFC 9110 §13.1.5: the same tag, and a strong one, or the very date.</summary>
    private static bool IsMeant(string condition, HttpFile file) => condition.Contains('"', StringComparison.Ordinal)
        ? condition == file.Tag && !condition.StartsWith(WeakMark, StringComparison.Ordinal)
        : ReadDate(condition) is { } date && file.ModifiedAt?.ToUnixTimeSeconds() == date.ToUnixTimeSeconds();

    private static string Opaque(string tag) => tag.StartsWith(WeakMark, StringComparison.Ordinal) ? tag[WeakMark.Length..] : tag;
}
