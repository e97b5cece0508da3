using System.Text.Json;
using KernelSockets.QemuHarness.Tap;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>httpd's live page: its figures, the page in a real browser, and that serving goes on meanwhile.</summary>
public sealed class LivePageTests : IDisposable
{
    private const string Page = "http://10.77.0.2/";

    /// <summary>Counts the pixels of a PNG (24 or 32 bits, not interlaced) that are about as a plot's line is.</summary>
    private const string CountPixels = """
        import struct, sys, zlib
        data = open(sys.argv[1], "rb").read()
        at, packed = 8, b""
        while at < len(data):
            size, kind = struct.unpack(">I4s", data[at:at + 8])
            body = data[at + 8:at + 8 + size]
            if kind == b"IHDR": width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            if kind == b"IDAT": packed += body
            at += size + 12
        assert depth == 8 and colour in (2, 6)
        step = 3 if colour == 2 else 4
        raw, line, counts = zlib.decompress(packed), bytearray(width * step), [0] * 3
        lines = [(0x4d, 0xb6, 0xff), (0xff, 0xb0, 0x4d), (0x7b, 0xd8, 0x8f)]
        for y in range(height):
            start = y * (width * step + 1)
            how, now = raw[start], bytearray(raw[start + 1:start + 1 + width * step])
            for i in range(len(now)):
                a, b, c = now[i - step] if i >= step else 0, line[i], line[i - step] if i >= step else 0
                p = a + b - c
                paeth = a if abs(p - a) <= abs(p - b) and abs(p - a) <= abs(p - c) else b if abs(p - b) <= abs(p - c) else c
                now[i] = (now[i] + (0, a, b, (a + b) // 2, paeth)[how]) & 255
            for x in range(0, len(now), step):
                for k, wanted in enumerate(lines):
                    if all(abs(now[x + j] - wanted[j]) < 50 for j in range(3)): counts[k] += 1
            line = now
        print(*counts)
        """;

    private readonly string _profile = Directory.CreateTempSubdirectory("ks-live-").FullName;

    public void Dispose() => Directory.Delete(_profile, recursive: true);

    [Fact]
    public async Task LivePage_ShowsPacketsAndSockets_InABrowser()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network);
        JsonElement first = await StateAsync(network);
        _ = await network.RunAsync("ping", "-c", "3", "-i", "0.2", QemuOptions.GuestAddress);
        await Eventually.TrueAsync(async () => (await StateAsync(network)).GetProperty("packets").ToString().Contains("ICMP echo request", StringComparison.Ordinal), "the pings are seen", Limits.Command);
        JsonElement second = await StateAsync(network);
        Assert.True(Received(second) >= Received(first) + 3);

        string page = await BrowseAsync(network, "--dump-dom");
        Assert.Matches("<h1 id=\"title\">ks, KernelSockets [0-9.]+</h1>", page);
        Assert.Matches("<h2>eth0</h2><div><span>10\\.77\\.0\\.2/24 ", page);
        Assert.Contains("<td>0.0.0.0:80</td><td>0.0.0.0:*</td><td>LISTEN</td>", page, StringComparison.Ordinal);
        Assert.Matches("<td>10\\.77\\.0\\.2:80</td><td>10\\.77\\.0\\.1:\\d+</td><td>ESTABLISHED</td>", page);
        Assert.Contains("IP 10.77.0.1 &gt; 10.77.0.2: ICMP echo request", page, StringComparison.Ordinal);
        Assert.Matches("collections \\d+, \\d+, \\d+ .generations", page);
        Assert.DoesNotContain("id=\"summary\">no figures", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LivePage_DrawsItsPlots_InABrowser()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network);
        string picture = Path.Combine(_profile, "live.png");
        _ = await BrowseAsync(network, "--screenshot=" + picture, "--window-size=1000,1400");
        int[] pixels = [.. (await HostProgram.SucceedAsync("python3", "-c", CountPixels, picture)).Split(' ').Select(int.Parse)];
        Assert.All(pixels, static count => Assert.InRange(count, 50, 50_000)); // received, sent, pauses: a few seconds of each
    }

    [Fact]
    public async Task LivePage_IsThere_WhateverTheSite()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network, "httpd -p 8000 /etc; httpd");
        string page = (await network.RunAsync("curl", "-s", "-m", "50", Page)).Output;
        Assert.Equal(page, (await network.RunAsync("curl", "-s", "-m", "50", "http://10.77.0.2:8000/live")).Output);
        Assert.Equal(page.ReplaceLineEndings(), (await guest.Shell.RunAsync("cat /var/www/index.html")).Output.ReplaceLineEndings());
        Assert.Contains(">hosts</a>", (await network.RunAsync("curl", "-s", "-m", "50", "http://10.77.0.2:8000/")).Output, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Array, (await StateAsync(network, "http://10.77.0.2:8000/")).GetProperty("packets").ValueKind);
    }

    [Fact]
    public async Task LivePage_Watched_DoesNotHoldUpOthers_AndLetsGoWhenNobodyLooks()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network);
        HostProgramResult many = await network.RunAsync(
            "bash", "-c", "(for i in $(seq 50); do curl -s -m 50 -o /dev/null http://10.77.0.2/live/state.json; done) & for i in $(seq 100); do curl -s -m 50 -o /dev/null -w '%{http_code}\\n' http://10.77.0.2/ & done; wait");
        Assert.Equal(Enumerable.Repeat("200", 100), many.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("*:0003", (await guest.Shell.RunAsync("ss -a0H")).Output, StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => !(await guest.Shell.RunAsync("ss -a0H")).Output.Contains("*:0003", StringComparison.Ordinal), "the capture has ended", Limits.Command);
    }

    private static long Received(JsonElement state) => state.GetProperty("interfaces")[1].GetProperty("receivedPackets").GetInt64();

    private static async Task<JsonElement> StateAsync(TapNetwork network, string site = Page) =>
        JsonDocument.Parse((await network.RunAsync("curl", "-s", "-m", "50", site + "live/state.json")).Output).RootElement;

    private static async Task<QemuGuest> BootAsync(TapNetwork network, string command = "httpd")
    {
        QemuGuest guest = await QemuGuest.BootAsync(
            nameof(LivePageTests), network.Attach(new QemuOptions { Medium = BootMedium.Iso, FirmwareOptions = $"{QemuOptions.AddressOptions} run=\"{command}\"" }));
        await Eventually.TrueAsync(async () => (await network.RunAsync("curl", "-s", "-m", "5", Page)).Status == 0, "httpd serves", Limits.Command);
        return guest;
    }

    private async Task<string> BrowseAsync(TapNetwork network, params string[] arguments) => (await network.RunAsync(
        "chromium", ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir=" + _profile, "--virtual-time-budget=4000", .. arguments, Page])).Output;
}
