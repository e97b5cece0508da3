using System.Globalization;
using System.Security.Cryptography;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>Linux's own minix driver reads what ours has written, and ours reads what that has written: names, kinds, sizes, links and content.</summary>
public sealed class MinixWithLinuxTests : IDisposable
{
    private const string Mounts = """
        set -e
        for d in a b c d; do if [ -b /dev/disk/$d ]; then mkdir -p /mnt/$d; mount -t minix /dev/disk/$d /mnt/$d; fi; done
        """;

    /// <summary>One line a file: kind, link count, size of a regular file, name, and a checksum or where a link points.</summary>
    private const string Describe = """
        describe() {
            cd $1
            find . | LC_ALL=C sort | while read -r f; do
                if [ -L "$f" ]; then echo "link $f $(readlink "$f")"
                elif [ -d "$f" ]; then echo "directory $f"
                elif [ -p "$f" ]; then echo "fifo $f"
                elif [ -c "$f" ]; then echo "device $f"
                else echo "file $f $(stat -c '%h %s' "$f") $(sha256sum <"$f" | cut -c 1-64)"
                fi
            done
            cd /
        }
        """;

    /// <summary>What Linux does to a file system: grows and empties directories, holes, links, renames over files, and a file with double indirect zones.</summary>
    private const string Change = """
        change() {
            cd $1
            mkdir -p linux/deep/er
            for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo "file $i" >linux/f$i; done
            for i in 2 4 6 8 10 12; do rm linux/f$i; done
            dd if=/dev/urandom of=linux/big bs=1024 count=900 2>/dev/null
            dd if=/dev/zero of=linux/hole bs=1 count=1 seek=700000 2>/dev/null
            ln linux/f1 linux/deep/hard
            ln -s ../f3 linux/deep/soft
            mv linux/f5 linux/f7
            mv linux/deep/er linux/moved
            mkfifo linux/fifo
            rm -r text
            truncate -s 5000 linux/big2
            cp linux/big linux/big2
            truncate -s 3333 linux/big2
            cd /
        }
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("ks-minix-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Images_OfEveryVersion_ReadTheSameInLinuxAndBack()
    {
        string tree = MakeTree(names: 14);
        string expected = DescribeTree(tree);
        (string Version, string Names)[] variants = [("1", "14"), ("2", "30"), ("3", "60"), ("1", "30")];
        string[] images = [.. variants.Select(static (_, index) => $"image{index}").Select(name => Path.Combine(_directory, name))];
        for (int i = 0; i < variants.Length; i++)
        {
            _ = await MkMinixAsync("-v", variants[i].Version, "-n", variants[i].Names, "-s", "6M", "-d", tree, images[i]);
        }

        string output = await LinuxGuest.RunAsync(
            $$"""
            {{Mounts}}
            {{Describe}}
            {{Change}}
            for d in a b c d; do
                echo "= before $d"; describe /mnt/$d
                change /mnt/$d
                echo "= after $d"; describe /mnt/$d
                umount /mnt/$d
            done
            """, images);

        Dictionary<string, string> sections = Sections(output);
        for (int i = 0; i < variants.Length; i++)
        {
            char disk = (char)('a' + i);
            Assert.Equal(expected, sections[$"before {disk}"]);
            string extracted = Path.Combine(_directory, $"extracted{i}");
            _ = await MkMinixAsync("extract", images[i], extracted);
            Assert.Equal(sections[$"after {disk}"], DescribeTree(extracted));
            _ = await HostProgram.SucceedAsync("fsck.minix", "-f", images[i]);
            _ = await MkMinixAsync("check", images[i]);
        }
    }

    /// <summary>The booted kernel reads what Linux wrote on a disk, changes it, and Linux reads that.</summary>
    [Fact]
    public async Task Disk_GoesFromLinuxToTheKernelAndBack()
    {
        string tree = MakeTree(names: 14);
        string image = Path.Combine(_directory, "disk");
        _ = await MkMinixAsync("-s", "16M", "-d", tree, image);
        string written = Sections(await LinuxGuest.RunAsync(
            $$"""
            {{Mounts}}
            {{Change}}
            change /mnt/a
            echo "= sums"; cd /mnt/a; find . -type f | LC_ALL=C sort | while read -r f; do sha256sum "$f"; done; cd /
            umount /mnt/a
            """, image))["sums"];

        await using (QemuGuest guest = await QemuGuest.BootAsync(nameof(MinixWithLinuxTests), new QemuOptions { Disk = image, FirmwareOptions = "root=ram0" }))
        {
            async Task<string> RunAsync(string command) => (await guest.Shell.RunAsync(command)).Succeeded().Output;
            _ = await RunAsync("mount -t minix /dev/ata0 /mnt");
            _ = await RunAsync("cd /mnt");
            Assert.Equal(written, await SumsAsync(RunAsync, "."));
            foreach (string command in (string[])
                ["cp -r linux ours", "rm -r linux/deep many", "mv ours/f7 ours/renamed", "ln ours/f1 ours/second", "ln -s f1 ours/soft", "mkdir -p ours/a/b/c", "cat sizes/600000 ours/big > ours/joined", "cd /", "umount /mnt"])
            {
                _ = await RunAsync(command);
            }

            await guest.Console.SendAsync("poweroff 0\r");
            _ = await guest.WaitForExitAsync(Limits.Command);
        }

        _ = await HostProgram.SucceedAsync("fsck.minix", "-f", image);
        Dictionary<string, string> seen = Sections(await LinuxGuest.RunAsync(
            $$"""
            {{Mounts}}
            {{Describe}}
            echo "= tree"; describe /mnt/a
            echo "= joined"; cat /mnt/a/sizes/600000 /mnt/a/linux/big | sha256sum; sha256sum </mnt/a/ours/joined
            umount /mnt/a
            """, image));
        string[] joined = seen["joined"].Split('\n');
        Assert.Equal(joined[0], joined[1]);
        Dictionary<string, string> sums = written.Split('\n').ToDictionary(static line => line[66..], static line => line[..64]);
        string[] files = seen["tree"].Split('\n');
        Assert.Contains($"file ./ours/renamed 1 7 {sums["./linux/f7"]}", files);
        Assert.Contains($"file ./ours/second 2 7 {sums["./linux/f1"]}", files);
        Assert.Contains("link ./ours/soft f1", files);
        Assert.Contains("directory ./ours/a/b/c", files);
        Assert.Contains("fifo ./ours/fifo", files);
        Assert.DoesNotContain(files, static line => line.Contains("./many", StringComparison.Ordinal) || line.Contains("./linux/deep", StringComparison.Ordinal));
        Assert.Equal(sums["./linux/hole"], files.Single(static line => line.StartsWith("file ./ours/hole ", StringComparison.Ordinal))[^64..]);
    }

    /// <summary>What <c>sha256sum</c> of the guest says of every file below a directory, by name.</summary>
    private static async Task<string> SumsAsync(Func<string, Task<string>> runAsync, string directory)
    {
        string[] lines = (await runAsync($"find {directory} -type f -exec sha256sum {{}} +")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('\n', lines.Select(static line => line.TrimEnd('\r')).OrderBy(static line => line[66..], StringComparer.Ordinal));
    }

    private static Dictionary<string, string> Sections(string output) => output.Split("= ", StringSplitOptions.RemoveEmptyEntries)
        .Select(static section => section.Replace("\r", string.Empty, StringComparison.Ordinal).Split('\n', 2))
        .Where(static parts => parts.Length == 2)
        .ToDictionary(static parts => parts[0], static parts => parts[1].TrimEnd('\n'));

    private static Task<string> MkMinixAsync(params string[] arguments) => HostProgram.SucceedAsync(ProjectFiles.MkMinix, arguments);

    /// <summary>Files of many sizes around the limits of direct, indirect and double indirect zones, many names, links.</summary>
    private string MakeTree(int names)
    {
        string tree = Path.Combine(_directory, "tree");
        Random random = new(7);
        Directory.CreateDirectory(Path.Combine(tree, "sizes"));
        Directory.CreateDirectory(Path.Combine(tree, "text"));
        Directory.CreateDirectory(Path.Combine(tree, "many"));
        foreach (int size in (int[])[0, 1, 1023, 1024, 1025, 7 * 1024, (7 * 1024) + 1, 263 * 1024, (263 * 1024) + 1, 519 * 1024, (519 * 1024) + 1, 600_000])
        {
            byte[] content = new byte[size];
            random.NextBytes(content);
            File.WriteAllBytes(Path.Combine(tree, "sizes", size.ToString(CultureInfo.InvariantCulture)), content);
        }

        for (int i = 0; i < 80; i++)
        {
            File.WriteAllText(Path.Combine(tree, "many", $"n{i}".PadRight(names, 'x')), $"{i}\n");
        }

        File.WriteAllText(Path.Combine(tree, "text", "hello"), "hello\n");
        File.CreateSymbolicLink(Path.Combine(tree, "soft"), "sizes/1024");
        return tree;
    }

    /// <summary>The same lines as the script's <c>describe</c>.</summary>
    private static string DescribeTree(string tree)
    {
        List<string> names = [".", .. Directory.EnumerateFileSystemEntries(tree, "*", SearchOption.AllDirectories).Select(path => "./" + Path.GetRelativePath(tree, path))];
        names.Sort(string.CompareOrdinal);
        return string.Join('\n', names.Select(name => DescribeEntry(tree, name)));
    }

    private static string DescribeEntry(string tree, string name)
    {
        FileInfo file = new(Path.Combine(tree, name));
        if (file.LinkTarget is { } target)
        {
            return $"link {name} {target}";
        }

        if (file.Attributes.HasFlag(FileAttributes.Directory))
        {
            return $"directory {name}";
        }

        string kind = HostProgram.SucceedAsync("stat", "-c", "%F/%h", file.FullName).GetAwaiter().GetResult().Trim();
        return kind.StartsWith("fifo", StringComparison.Ordinal)
            ? $"fifo {name}"
            : $"file {name} {kind.Split('/')[1]} {file.Length} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file.FullName)))}";
    }
}
