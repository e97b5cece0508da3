using System.Globalization;

namespace KernelSockets.MkMinix;

/// <summary>What the tool does, apart from reading its arguments.</summary>
internal static class Commands
{
    private const int ExitFailure = 1;
    private const int ExitNotChecked = 8;
    private const string EpochVariable = "SOURCE_DATE_EPOCH";

    /// <summary>Makes an image, fills it, and removes it again when that fails.</summary>
    public static int Make(string path, MakeOptions options)
    {
        return Guard(() =>
        {
            try
            {
                using Image image = Image.Create(path, options.Size, options.ToFileSystemOptions(), TimeOfImage());
                if (options.Source is not null)
                {
                    using Progress progress = Progress.OnTerminal();
                    Population.Copy(image, options.Source, string.Empty, progress);
                }

                foreach (string directory in options.Directories)
                {
                    image.MakeDirectories(directory);
                }

                image.Save();
            }
            catch (Exception)
            {
                // Half an image helps nobody, and the next build would take it for a whole one.
                File.Delete(path);
                throw;
            }
        });
    }

    /// <summary>Lists a directory or shows a file's line: mode, links, size, name.</summary>
    public static int List(string path, string inside, TextWriter output)
    {
        return Guard(() =>
        {
            using Image image = Image.Open(path);
            if (!image.Stat(inside).Mode.IsDirectory())
            {
                WriteLine(image, inside, inside, output);
                return;
            }

            foreach (string name in image.List(inside))
            {
                WriteLine(image, $"{inside.TrimEnd('/')}/{name}", name, output);
            }
        });
    }

    /// <summary>Writes a file's content.</summary>
    public static int Show(string path, string inside, Stream output)
    {
        return Guard(() =>
        {
            using Image image = Image.Open(path);
            image.ReadFile(inside, output);
        });
    }

    /// <summary>Copies a directory of an image to a folder of the host.</summary>
    public static int Extract(string path, string target, string inside)
    {
        return Guard(() =>
        {
            using Image image = Image.Open(path);
            using Progress progress = Progress.OnTerminal();
            Extraction.Copy(image, inside, target, progress);
        });
    }

    /// <summary>Checks an image, and mends it if wanted.</summary>
    /// <returns>The status of fsck.minix: 0 nothing wrong, 3 mended, 4 something still wrong, 7 both; 8 when it cannot be checked.</returns>
    public static int Check(string path, bool repairs, TextWriter output)
    {
        int status = ExitNotChecked;
        int failure = Guard(() =>
        {
            using ImageFile file = repairs ? ImageFile.OpenForWriting(path) : ImageFile.Open(path);
            CheckOptions options = CheckOptions.Force | CheckOptions.Quiet | (repairs ? CheckOptions.Repair : CheckOptions.None);
            ImageException.ThrowIf(Image.Check(file, options, output.WriteLine, out CheckOutcome outcome), path);
            status = outcome.ExitStatus;
        });
        return failure == 0 ? status : ExitNotChecked;
    }

    private static int Guard(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (Exception e) when (e is ImageException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"mkminix: {e.Message}");
            return ExitFailure;
        }
    }

    private static DateTimeOffset TimeOfImage() =>
        long.TryParse(Environment.GetEnvironmentVariable(EpochVariable), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, uint.MaxValue))
            : DateTimeOffset.UnixEpoch;

    private static void WriteLine(Image image, string path, string name, TextWriter output)
    {
        FileStat stat = image.Stat(path);
        string arrow = stat.Mode.IsSymbolicLink() ? $" -> {image.ReadLink(path)}" : string.Empty;
        output.WriteLine($"{ModeText.Of(stat.Mode)} {stat.LinkCount,3} {stat.Size,10} {name}{arrow}");
    }
}
