using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests.Files;

/// <summary>hexdump beside the known output of Linux's.</summary>
public sealed class HexdumpTests : IDisposable
{
    private readonly FakeSystem _system = new();
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Canonical_OfAShortFile_PrintsBytesAndCharacters()
    {
        File.WriteAllBytes(_path, "Hello, kernel\n\0\x7f!"u8.ToArray());
        Assert.Equal(
            "00000000  48 65 6c 6c 6f 2c 20 6b  65 72 6e 65 6c 0a 00 7f  |Hello, kernel...|\n"
            + "00000010  21                                                |!|\n00000011\n",
            _system.Run($"hexdump -C {_path}"));
    }

    [Fact]
    public void Words_AreInTheProcessorsByteOrder()
    {
        File.WriteAllBytes(_path, [1, 2, 3]);
        Assert.Equal("0000000 0201 0003\n0000003\n", _system.Run($"hexdump {_path}"));
    }

    [Theory]
    [InlineData("-C", "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n00000040\n")]
    [InlineData("-C -n 2 -s 3", "00000003  00 00                                             |..|\n00000005\n")]
    [InlineData("-C -s 64", "")]
    public void Options_SqueezeSkipAndLimit(string options, string expected)
    {
        File.WriteAllBytes(_path, new byte[64]);
        Assert.Equal(expected, _system.Run($"hexdump {options} {_path}"));
    }

    [Fact]
    public void MissingFile_IsReported()
    {
        string output = _system.Run("hexdump /no/such/file");
        Assert.Contains("hexdump: ", output, StringComparison.Ordinal);
        Assert.Equal(1, _system.Shell.LastStatus);
    }
}
