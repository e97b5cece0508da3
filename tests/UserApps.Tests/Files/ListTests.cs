namespace KernelSockets.UserApps.Tests.Files;

/// <summary>ls beside the host's own.</summary>
public sealed class ListTests : IDisposable
{
    private readonly HostTree _tree = new();

    [Theory]
    [InlineData("ls TREE")]
    [InlineData("ls -a TREE TREE/d")]
    [InlineData("ls -A TREE")]
    [InlineData("ls -aA TREE/hollow; ls -Aa TREE/hollow")]
    [InlineData("ls -l TREE")]
    [InlineData("ls -la TREE")]
    [InlineData("ls -l TREE/one TREE/link TREE/dlink TREE/d")]
    [InlineData("ls -ln TREE/one TREE/pipe")]
    [InlineData("ls -lh TREE")]
    [InlineData("ls -li TREE")]
    [InlineData("ls -i TREE/d TREE/one")]
    [InlineData("ls -lR TREE")]
    [InlineData("ls -Ra TREE/d")]
    [InlineData("ls -d TREE TREE/d TREE/dlink TREE/broken")]
    [InlineData("ls -ld TREE/dlink TREE/d")]
    [InlineData("ls -t TREE")]
    [InlineData("ls -tr TREE")]
    [InlineData("ls -S TREE TREE/d")]
    [InlineData("ls -Sr TREE/one TREE/big TREE/empty")]
    [InlineData("ls -r TREE")]
    [InlineData("ls -F TREE TREE/dlink")]
    [InlineData("ls -lF TREE")]
    [InlineData("ls -p TREE")]
    [InlineData("ls -U TREE/d/deep")]
    [InlineData("ls TREE/dlink/ TREE/dlink")]
    [InlineData("ls TREE/missing TREE/one TREE/one/x", true)]
    [InlineData("ls -l TREE/hollow")]
    [InlineData("ls -l /dev/null /dev/zero")]
    [InlineData("chmod 7777 TREE/one; chmod 7000 TREE/empty; ls -l TREE; chmod 644 TREE/one TREE/empty")]
    public void List_PrintsWhatTheHostsPrints(string line, bool inAnyOrder = false) => _tree.AssertPrintsAlike(line, inAnyOrder);

    [Fact]
    public void Date_OfTheLastHalfYear_HasItsTime()
    {
        string tree = _tree.MakeTree("dates");
        DateTime recent = DateTime.UtcNow.AddDays(-3);
        File.SetLastWriteTimeUtc(Path.Combine(tree, "one"), recent);
        File.SetLastWriteTimeUtc(Path.Combine(tree, "empty"), DateTime.UtcNow.AddDays(3));
        string expected = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{recent:MMM} {recent.Day,2} {recent:HH:mm} {tree}/one");
        Assert.EndsWith(expected, _tree.RunOurs("ls -l TREE/one", tree).TrimEnd(), StringComparison.Ordinal);
        Assert.Matches(@"\w{3} [ \d]\d  \d{4} ", _tree.RunOurs("ls -l TREE/empty", tree));
    }

    public void Dispose() => _tree.Dispose();
}
