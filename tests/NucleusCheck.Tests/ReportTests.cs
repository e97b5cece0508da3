namespace KernelSockets.NucleusCheck.Tests;

public sealed class ReportTests
{
    private const string Good = "namespace Sample.Raw; static class C { static int F() => 1; }";
    private const string Bad = "namespace Sample.Raw; static class C { static object F() => new(); }";

    [Theory]
    [InlineData(Good, "Sample.Raw", 0)]
    [InlineData(Bad, "Sample.Raw", 1)]
    [InlineData(Good, "Sample.Misspelt", 1)]
    public void Run_ExitStatus_TellsTheOutcome(string source, string rawNamespace, int expected)
    {
        int status = SampleCompiler.InFolder(folder =>
            Report.Run(SampleCompiler.Compile(folder, "KernelSockets.Sample", source), new Options(rawNamespace, [], []), sourceRoot: null));
        Assert.Equal(expected, status);
    }

    [Fact]
    public void Run_NoAssembly_IsStatusTwo()
    {
        int status = SampleCompiler.InFolder(folder => Report.Run(Path.Combine(folder, "missing.dll"), Options.Default, sourceRoot: null));
        Assert.Equal(2, status);
    }

    [Fact]
    public void Run_NotAnAssembly_IsStatusTwo()
    {
        int status = SampleCompiler.InFolder(folder =>
        {
            string path = Path.Combine(folder, "text.dll");
            File.WriteAllText(path, "not an assembly");
            return Report.Run(path, Options.Default, sourceRoot: null);
        });
        Assert.Equal(2, status);
    }

    [Fact]
    public void Format_MappedPath_ComesBackUnderTheSourceRoot()
    {
        Violation violation = new(Rule.Allocation, new SourceLocation("/_/src/Kernel/A.cs", 3, 9), "K.A.F", "new object");
        Assert.StartsWith("/home/me/ks/src/Kernel/A.cs(3,9): error NUC001: K.A.F: new object", Report.Format(violation, "/home/me/ks"), StringComparison.Ordinal);
        Assert.StartsWith("src/Kernel/A.cs(3,9): error", Report.Format(violation, null), StringComparison.Ordinal);
    }
}
