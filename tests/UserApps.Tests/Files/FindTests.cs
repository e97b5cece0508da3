namespace KernelSockets.UserApps.Tests.Files;

/// <summary>find beside the host's own.</summary>
public sealed class FindTests : IDisposable
{
    private readonly HostTree _tree = new();

    [Theory]
    [InlineData("find TREE")]
    [InlineData("find TREE/d TREE/one TREE/missing")]
    [InlineData("find TREE/d/ -name d")]
    [InlineData("find TREE -name '*o*'")]
    [InlineData("find TREE -name '[!a-m]*' -type f")]
    [InlineData("find TREE -name '.*'")]
    [InlineData("find TREE -iname '*upper*'")]
    [InlineData("find TREE -path '*/d/*'")]
    [InlineData("find TREE -type d")]
    [InlineData("find TREE -type f,l")]
    [InlineData("find TREE -type p -o -type l")]
    [InlineData("find TREE -type x")]
    [InlineData("find TREE -size 0")]
    [InlineData("find TREE -size +1k -type f")]
    [InlineData("find TREE -size -2 -type f")]
    [InlineData("find TREE -size 8c")]
    [InlineData("find TREE -size 137 -o -size 69k")]
    [InlineData("find TREE -size x")]
    [InlineData("find TREE -size k")]
    [InlineData("find TREE -mtime +1000 -type f")]
    [InlineData("find TREE -mtime -1")]
    [InlineData("find TREE -mmin +5 -type f")]
    [InlineData("find TREE -newer TREE/one")]
    [InlineData("find TREE -newer TREE/missing")]
    [InlineData("find TREE -samefile TREE/d/two")]
    [InlineData("find TREE -maxdepth 1")]
    [InlineData("find TREE -maxdepth 0")]
    [InlineData("find TREE -mindepth 2 -maxdepth 2")]
    [InlineData("find TREE -maxdepth x")]
    [InlineData("find TREE -empty")]
    [InlineData("find TREE -perm 644")]
    [InlineData("find TREE -perm -u+x")]
    [InlineData("find TREE -perm /111 -type f")]
    [InlineData("find TREE -perm -750")]
    [InlineData("find TREE -perm bad")]
    [InlineData("find TREE -links 2 -type f")]
    [InlineData("find TREE -links +1 -type d")]
    [InlineData("find TREE ! -type f")]
    [InlineData("find TREE -not -name 'd*' -a -type d")]
    [InlineData("find TREE '(' -name one -o -name two ')' -print")]
    [InlineData("find TREE -name one -o -name two -print")]
    [InlineData("find TREE -name one , -name two")]
    [InlineData("find TREE -name d -prune -o -print")]
    [InlineData("find TREE -name d -prune")]
    [InlineData("find TREE/d -depth")]
    [InlineData("find TREE -false -o -true -name one")]
    [InlineData("find TREE/one -print -print")]
    [InlineData("find TREE -user root -name one")]
    [InlineData("find TREE -user nosuchuser")]
    [InlineData("find TREE -inum 0")]
    [InlineData("find TREE -inum x")]
    [InlineData("find TREE -nosuchtest")]
    [InlineData("find TREE -name")]
    [InlineData("find TREE '(' -name one")]
    [InlineData("find TREE -name one ')'")]
    [InlineData("find TREE -name one -o")]
    [InlineData("find TREE -exec")]
    [InlineData("find TREE -exec ls ';'x")]
    [InlineData("find TREE/loop TREE/broken TREE/dlink")]
    [InlineData("find TREE -xdev -name one")]
    [InlineData("find TREE -type f -name 'o*' -exec ls -1 {} ';'")]
    [InlineData("find TREE -type f -name 'o*' -exec ls -d {}/x ';' -print")]
    [InlineData("find TREE/d -type f -exec ls -1 {} +")]
    [InlineData("find TREE/d -type f -exec nosuchcommand {} ';'")]
    [InlineData("find TREE/d -type f -exec rmdir {} +")]
    [InlineData("find TREE -name one -quit")]
    public void Find_PrintsWhatTheHostsPrints(string line) => _tree.AssertPrintsAlike(line, inAnyOrder: true);

    [Theory]
    [InlineData("find TREE/d -delete")]
    [InlineData("find TREE -type f -delete")]
    [InlineData("find TREE/d -name deep -delete")]
    [InlineData("find TREE -empty -delete -print")]
    [InlineData("find TREE -name two -exec chmod 600 {} + -exec rm {} ';'")]
    public void Find_DoesWhatTheHostsDoes(string line) => _tree.AssertDoesAlike(line);

    [Fact]
    public void Print0_EndsWithZeros()
    {
        string tree = _tree.MakeTree("zeros");
        Assert.Equal([$"{tree}/d/hard", $"{tree}/d/two", ""], _tree.RunOurs("find TREE/d -links 2 -type f -print0", tree).Split('\0').Order(StringComparer.Ordinal).OrderBy(static word => word.Length == 0));
    }

    public void Dispose() => _tree.Dispose();
}
