using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using KernelSockets.UserApps.Files;
using Microsoft.Win32.SafeHandles;

namespace KernelSockets.UserApps.Network.Http;

/// <summary>The files below a root, as HTTP has them. Small ones that were asked for lately are kept for a second, so that a busy page is not read anew each time.</summary>
internal sealed class HttpContent
{
    private const int MostCached = 256;
    private const int LargestCached = 64 * 1024;
    private static readonly TimeSpan s_life = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_timeResolution = TimeSpan.FromSeconds(2);

    private static readonly FrozenDictionary<string, string> s_types = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [".css"] = "text/css; charset=utf-8",
        [".gif"] = "image/gif",
        [".htm"] = "text/html; charset=utf-8",
        [".html"] = "text/html; charset=utf-8",
        [".ico"] = "image/x-icon",
        [".jpg"] = "image/jpeg",
        [".js"] = "text/javascript; charset=utf-8",
        [".json"] = "application/json",
        [".md"] = "text/plain; charset=utf-8",
        [".png"] = "image/png",
        [".svg"] = "image/svg+xml",
        [".txt"] = "text/plain; charset=utf-8",
        [".wasm"] = "application/wasm",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly string _root;
    private readonly Dictionary<string, (HttpFile File, long ReadAt)> _recent = [];

    /// <param name="root">The directory.</param>
    public HttpContent(string root) => _root = root.TrimEnd('/');

    /// <summary>Finds what a path names.</summary>
    /// <param name="path">Normalized.</param>
    /// <param name="now">The time, in <see cref="Environment.TickCount64"/>.</param>
    /// <returns>A file, a page about a directory, or one with a status that says what is wrong.</returns>
    public HttpFile Find(string path, long now)
    {
        if (_recent.TryGetValue(path, out (HttpFile File, long ReadAt) recent) && now - recent.ReadAt < s_life.TotalMilliseconds)
        {
            return recent.File;
        }

        HttpFile found = Read(path);
        _recent.Remove(path);
        if (found.Content is not null && found.Status == HttpStatus.Ok)
        {
            if (_recent.Count == MostCached)
            {
                _recent.Clear();
            }

            _recent[path] = (found, now);
        }

        return found;
    }

    private HttpFile Read(string path)
    {
        string name = _root + path;
        try
        {
            if (FileStatus.TryRead(name, follows: true, out FileStatus? status) != Errno.Success || status is null)
            {
                return HttpFile.Of(HttpStatus.NotFound);
            }

            if (status.IsDirectory)
            {
                return ReadDirectory(path, name);
            }

            // Opening a pipe or a device might wait, for ever.
            return status.IsRegular ? ReadFile(name, File.OpenHandle(name)) : HttpFile.Of(HttpStatus.Forbidden);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException)
        {
            return HttpFile.Of(HttpStatus.Forbidden);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or PathTooLongException)
        {
            return HttpFile.Of(HttpStatus.NotFound);
        }
        catch (IOException exception)
        {
            Console.Error.WriteLine($"httpd: {name}: {exception.Message}");
            return HttpFile.Of(HttpStatus.InternalServerError);
        }
    }

    private static HttpFile ReadFile(string name, SafeFileHandle handle)
    {
        long size = RandomAccess.GetLength(handle);
        DateTimeOffset modifiedAt = new(File.GetLastWriteTimeUtc(handle));
        HttpFile file = new(HttpStatus.Ok)
        {
            Type = s_types.GetValueOrDefault(Path.GetExtension(name), "application/octet-stream"),
            Size = size,
            ModifiedAt = modifiedAt,
            Tag = TagOf(size, modifiedAt),
            Handle = handle,
        };
        if (size > LargestCached)
        {
            return file;
        }

        byte[] content = GC.AllocateUninitializedArray<byte>((int)size, pinned: true);
        int count = 0;
        for (int read = -1; count < content.Length && read != 0; count += read)
        {
            read = RandomAccess.Read(handle, content.AsSpan(count), count);
        }

        handle.Dispose();
        return file with { Handle = null, Content = count == content.Length ? content : content[..count], Size = count };
    }

    /// <summary>Two changes within the resolution of a file's time give the same time: the tag is a weak one until that has passed, as Apache's is.</summary>
    private static string TagOf(long size, DateTimeOffset modifiedAt) =>
        string.Create(CultureInfo.InvariantCulture, $"{(DateTimeOffset.UtcNow - modifiedAt > s_timeResolution ? string.Empty : "W/")}\"{size:x}-{modifiedAt.UtcTicks:x}\"");

    private static HttpFile ReadDirectory(string path, string name)
    {
        if (!path.EndsWith('/'))
        {
            return HttpFile.Of(HttpStatus.MovedPermanently) with { Location = $"{Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal)}/" };
        }

        string index = name + "index.html";
        if (FileStatus.TryRead(index, follows: true, out FileStatus? status) == Errno.Success && status is { IsRegular: true })
        {
            return ReadFile(index, File.OpenHandle(index));
        }

        StringBuilder page = new();
        string title = System.Net.WebUtility.HtmlEncode(path);
        page.Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body><h1>{title}</h1>\n<ul>\n");
        page.Append(path == "/" ? $"<li><a href=\"{Live.LivePage.Path}\">what the machine does</a></li>\n" : "<li><a href=\"../\">../</a></li>\n");
        foreach (FileSystemInfo entry in new DirectoryInfo(name).EnumerateFileSystemInfos().OrderBy(static entry => entry.Name, StringComparer.Ordinal))
        {
            string slash = entry.Attributes.HasFlag(FileAttributes.Directory) ? "/" : string.Empty;
            page.Append(CultureInfo.InvariantCulture, $"<li><a href=\"{Uri.EscapeDataString(entry.Name)}{slash}\">{System.Net.WebUtility.HtmlEncode(entry.Name)}{slash}</a></li>\n");
        }

        page.Append("</ul></body></html>\n");
        return HttpFile.Page(HttpStatus.Ok, page.ToString());
    }
}
