using System.Runtime.Versioning;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.MkMinix.Tests;

[SupportedOSPlatform("linux")]
public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mkminix-").FullName;

    public CommandTests()
    {
        string source = Directory.CreateDirectory(Path.Combine(_folder, "source")).FullName;
        Directory.CreateDirectory(Path.Combine(source, "bin"));
        Directory.CreateDirectory(Path.Combine(source, "empty"));
        File.WriteAllText(Path.Combine(source, "bin", "tool"), "#!\n");
        File.SetUnixFileMode(Path.Combine(source, "bin", "tool"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        byte[] large = new byte[600_000];
        new Random(3).NextBytes(large);
        File.WriteAllBytes(Path.Combine(source, "large"), large);
        File.CreateSymbolicLink(Path.Combine(source, "link"), "/bin/tool");
    }

    private string Source => Path.Combine(_folder, "source");

    private string ImagePath => Path.Combine(_folder, "image");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1, 14)]
    [InlineData(1, 30)]
    [InlineData(2, 14)]
    [InlineData(2, 30)]
    [InlineData(3, null)]
    public void Image_OfAFolder_IsClean_Complete_AndTheSameEveryTime(int version, int? names)
    {
        Assert.Equal(0, Make(Options() with { Version = version, NameLength = names }));
        byte[] first = File.ReadAllBytes(ImagePath);
        HostTool.AssertClean(first, $"version {version}");
        Assert.Equal(2 << 20, first.Length);

        // Neither the times of the files nor the order in which the host lists them may show.
        File.SetLastWriteTimeUtc(Path.Combine(Source, "large"), DateTime.UnixEpoch.AddDays(1));
        File.Move(Path.Combine(Source, "link"), Path.Combine(Source, "other"));
        File.Move(Path.Combine(Source, "other"), Path.Combine(Source, "link"));
        Assert.Equal(0, Make(Options() with { Version = version, NameLength = names }));
        Assert.True(first.AsSpan().SequenceEqual(File.ReadAllBytes(ImagePath)), "the second image differs");

        Assert.Equal(
            ["drwxr-xr-x bin", "drwxr-xr-x empty", "-rw-r--r-- large", "lrwxrwxrwx link -> /bin/tool", "drwxr-xr-x mnt"],
            List("/").Select(line => $"{line[..10]} {line[26..]}"));
        Assert.Equal("-rwxr-xr-x   1          3 tool", Assert.Single(List("/bin")));
        Assert.Empty(List("/empty"));
        Assert.Equal(File.ReadAllBytes(Path.Combine(Source, "large")), Show("large"));
        Assert.Equal("#!\n"u8.ToArray(), Show("/link"));
    }

    [Fact]
    public void Directories_AreMadeWithThoseAbove_OnceEach()
    {
        Assert.Equal(0, Make(Options() with { Source = null, Directories = ["/dev", "var/www", "/var/log/"] }));
        Assert.Equal(["dev", "var"], List("/").Select(line => line[26..]));
        Assert.Equal(["log", "www"], List("/var").Select(line => line[26..]));
    }

    [Fact]
    public void Failure_LeavesNoImage()
    {
        Assert.Equal(1, Make(Options() with { Size = 300 << 10 }));
        Assert.False(File.Exists(ImagePath));
        Assert.Equal(1, Make(Options() with { Version = 9 }));
        Assert.Equal(1, Make(Options() with { NameLength = 30 }));
        Assert.Equal(1, Make(Options() with { Size = 1024 }));
        File.WriteAllText(Path.Combine(Source, new string('n', 61)), "x");
        Assert.Equal(1, Make(Options()));
        Assert.False(File.Exists(ImagePath));
    }

    [Fact]
    public void Looking_IntoNothing_Fails()
    {
        Assert.Equal(1, Commands.List(ImagePath, "/", TextWriter.Null));
        File.WriteAllBytes(ImagePath, new byte[100_000]);
        Assert.Equal(1, Commands.List(ImagePath, "/", TextWriter.Null));
        Assert.Equal(0, Make(Options()));
        Assert.Equal(1, Commands.List(ImagePath, "/none", TextWriter.Null));
        Assert.Equal(1, Commands.Show(ImagePath, "/bin", Stream.Null));
    }

    [Theory]
    [InlineData("512", 512)]
    [InlineData("8M", 8 << 20)]
    [InlineData("3k", 3072)]
    [InlineData("2G", 2L << 30)]
    [InlineData("", 0)]
    [InlineData("M", 0)]
    [InlineData("0", 0)]
    [InlineData("-1", 0)]
    [InlineData("1.5M", 0)]
    [InlineData("99999999999999999999", 0)]
    [InlineData("9999999999G", 0)]
    public void Size_IsBytesOrALetter(string text, long expected)
    {
        Assert.Equal(expected != 0, ByteSize.TryParse(text, out long bytes));
        Assert.Equal(expected, expected == 0 ? 0 : bytes);
    }

    [Fact]
    public void Extracted_IsWhatWentIn()
    {
        Assert.Equal(0, Make(Options()));
        string target = Path.Combine(_folder, "target");
        Assert.Equal(0, Commands.Extract(ImagePath, target, "/"));
        Assert.Equal(["bin", "empty", "large", "link", "mnt"], Directory.GetFileSystemEntries(target).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(File.ReadAllBytes(Path.Combine(Source, "large")), File.ReadAllBytes(Path.Combine(target, "large")));
        Assert.Equal("/bin/tool", new FileInfo(Path.Combine(target, "link")).LinkTarget);
        Assert.True(File.GetUnixFileMode(Path.Combine(target, "bin", "tool")).HasFlag(UnixFileMode.OtherExecute));
        Assert.Equal(1, Commands.Extract(ImagePath, target, "/"));
        Assert.Equal(0, Commands.Extract(ImagePath, Path.Combine(_folder, "bin"), "/bin"));
        Assert.Equal("#!\n", File.ReadAllText(Path.Combine(_folder, "bin", "tool")));
        Assert.Equal(1, Commands.Extract(ImagePath, target, "/none"));
    }

    [Fact]
    public void Check_TellsWhatIsWrong_AndMendsIt()
    {
        Assert.Equal(0, Make(Options() with { Version = 2 }));
        Assert.Equal(0, Commands.Check(ImagePath, repairs: false, TextWriter.Null));
        byte[] image = File.ReadAllBytes(ImagePath);
        const int inodeMap = 2048;
        image[inodeMap] ^= 1 << 2;
        File.WriteAllBytes(ImagePath, image);
        StringWriter output = new();
        Assert.Equal(4, Commands.Check(ImagePath, repairs: false, output));
        Assert.Equal("Inode 2 marked unused, but used for file '/bin'\nInode 2 used, marked unused in the bitmap.\n", output.ToString());
        Assert.Equal(3, Commands.Check(ImagePath, repairs: true, TextWriter.Null));
        HostTool.AssertClean(File.ReadAllBytes(ImagePath), "mended");
        Assert.Equal(0, Commands.Check(ImagePath, repairs: true, TextWriter.Null));
        File.WriteAllBytes(ImagePath, new byte[100_000]);
        Assert.Equal(8, Commands.Check(ImagePath, repairs: true, TextWriter.Null));
        Assert.Equal(8, Commands.Check(ImagePath + "none", repairs: false, TextWriter.Null));
    }

    [Fact]
    public void Progress_IsForTerminals_AndGoesAtTheEnd()
    {
        StringWriter output = new();
        using (Progress silent = new(output, isTerminal: false))
        {
            silent.Add(5);
        }

        Assert.Empty(output.ToString());
    }

    private MakeOptions Options() => new(3, null, null, 2 << 20, new DirectoryInfo(Source), ["/mnt"]);

    private int Make(MakeOptions options) => Commands.Make(ImagePath, options);

    private string[] List(string path)
    {
        StringWriter output = new();
        Assert.Equal(0, Commands.List(ImagePath, path, output));
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private byte[] Show(string path)
    {
        MemoryStream output = new();
        Assert.Equal(0, Commands.Show(ImagePath, path, output));
        return output.ToArray();
    }
}
