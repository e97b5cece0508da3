namespace KernelSockets.UserApps.Network.Http.Live;

/// <summary>
/// The page that shows what the machine does, second by second: <c>root/var/www/index.html</c>, which the server has in itself as well, for sites that are not the
/// machine's own. It needs nothing from anywhere else, and shows what comes from the network as text only.
/// </summary>
internal static class LivePage
{
    /// <summary>Path of the page.</summary>
    public const string Path = "/live";

    /// <summary>Path of the figures, which the page asks for once a second.</summary>
    public const string StatePath = "/live/state.json";

    private const string Resource = "live.html"; // UserApps.csproj

    /// <summary>The page.</summary>
    public static string Read()
    {
        using Stream stream = typeof(LivePage).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} was not built in");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
