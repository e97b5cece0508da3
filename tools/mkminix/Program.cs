using System.CommandLine;
using KernelSockets.MkMinix;

Argument<string> image = new("image") { Description = "The image file." };
Option<int> version = new("--format", "-v") { Description = "Version of the file system: 1, 2 or 3.", DefaultValueFactory = _ => 3 };
Option<int?> names = new("--names", "-n") { Description = "Longest name: 14 or 30; 60 for version 3." };
Option<uint?> inodes = new("--inodes", "-i") { Description = "How many inodes; one for three blocks when missing." };
Option<long> size = new("--size", "-s")
{
    Description = "Size of the image in bytes; K, M or G may follow. 8M when missing.",
    DefaultValueFactory = _ => 8 << 20,
    CustomParser = result =>
    {
        if (!ByteSize.TryParse(result.Tokens[0].Value, out long bytes))
        {
            result.AddError($"'{result.Tokens[0].Value}' is no size.");
        }

        return bytes;
    },
};
Option<DirectoryInfo> source = new("--directory", "-d") { Description = "Folder whose content goes into the image." };
source.AcceptExistingOnly();
Option<string[]> directories = new("--mkdir", "-m") { Description = "A directory to make in the image besides. May be repeated." };
RootCommand root = new("Makes minix file system images with the kernel's own code, and looks into them.")
{
    image, version, names, inodes, size, source, directories,
};
root.SetAction(result => Commands.Make(
    result.GetValue(image)!,
    new MakeOptions(
        result.GetValue(version), result.GetValue(names), result.GetValue(inodes), result.GetValue(size), result.GetValue(source),
        result.GetValue(directories) ?? [])));

Argument<string> listedImage = new("image") { Description = "The image file." };
Argument<string> listed = new("path") { Description = "Directory or file in the image.", DefaultValueFactory = _ => "/" };
Command list = new("ls", "Lists a directory of an image.") { listedImage, listed };
list.SetAction(result => Commands.List(result.GetValue(listedImage)!, result.GetValue(listed)!, Console.Out));
root.Subcommands.Add(list);

Argument<string> shownImage = new("image") { Description = "The image file." };
Argument<string> shown = new("path") { Description = "File in the image." };
Command show = new("cat", "Writes a file of an image to standard output.") { shownImage, shown };
show.SetAction(result =>
{
    using Stream output = Console.OpenStandardOutput();
    return Commands.Show(result.GetValue(shownImage)!, result.GetValue(shown)!, output);
});
root.Subcommands.Add(show);
return root.Parse(args).Invoke();
