"""What tasks about products share: a gallery of items, frames that show them, boxes in both.

A *unit* is what a file gives predictions for by id: a clip, or a stream. Truths are gathered
(`truth_json`, `gathering`), laid out as arrays (`tables`, `layout`) and opened (`truth`);
submissions are parsed (`prediction`, `parsing`) and looked up in the gallery (`submission`); frames
and boxes are judged (`judging`) and counted (`outcomes`). When a prediction is about the right
product is for the tasks.
"""
